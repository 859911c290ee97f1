"""All writes of the catalogue that are more than filling in a form."""

from django.db import transaction
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.catalog import hooks, states
from springline.business.catalog.models import Batch, Product
from springline.business.catalog.states import ProductEvent, ProductState


@transaction.atomic
def change_state(product_id: int, event: ProductEvent, by: User | ApiToken | None) -> Product:
    """Offer, pause or withdraw. Raises Product.DoesNotExist, IllegalTransition."""
    product = Product.objects.select_for_update().get(pk=product_id)
    product.state = states.after(ProductState(product.state), event)
    if product.state == ProductState.WITHDRAWN:
        product.withdrawn_at = timezone.now()
    product.save(update_fields=["state", "withdrawn_at"])
    audit(by, f"product.{event}", product, sku=product.sku)
    return product


@transaction.atomic
def stop_sale(batch_id: int, reason: str, by: User | ApiToken | None) -> Batch:
    """Stop a batch at once; a second stop keeps the first reason. Raises Batch.DoesNotExist, ValueError."""
    if not reason.strip():
        raise ValueError("a stop needs a reason")
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if not batch.stop_sale:
        batch.stop_sale, batch.stop_reason, batch.stopped_at = True, reason.strip()[:200], timezone.now()
        batch.save(update_fields=["stop_sale", "stop_reason", "stopped_at"])
        audit(by, "batch.stopped", batch, why=reason, batch_no=batch.batch_no)
        _tell(batch)
    return batch


@transaction.atomic
def resume_sale(batch_id: int, reason: str, by: User | ApiToken | None) -> Batch:
    """Sell a stopped batch again. Raises Batch.DoesNotExist, ValueError."""
    if not reason.strip():
        raise ValueError("a resumption needs a reason")
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.stop_sale:
        batch.stop_sale, batch.stop_reason, batch.stopped_at = False, "", None
        batch.save(update_fields=["stop_sale", "stop_reason", "stopped_at"])
        audit(by, "batch.resumed", batch, why=reason, batch_no=batch.batch_no)
        _tell(batch)
    return batch


def _tell(batch: Batch) -> None:
    for hook in hooks.stop_changed:
        hook(batch)
