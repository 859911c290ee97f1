"""What the complaint tests share."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.catalog.models import Batch, Product
from springline.business.complaints import services
from springline.business.complaints.models import Complaint
from springline.business.complaints.services.filing import Filed
from springline.business.complaints.states import Kind
from springline.business.customers.models import Customer

_numbers = count(1)
QUALITY = {"stopped": "yes", "body": "fine"}
LATE = {"what": "late"}


def key() -> str:
    return f"request-{next(_numbers):04d}"


def quality(customer: Customer, by: User | None = None, **more: object) -> Complaint:
    answers = {**QUALITY, **more.pop("answers", {})}  # type: ignore[dict-item]
    return services.file_complaint(
        Filed(key=key(), kind=Kind.QUALITY, customer_id=customer.pk, answers=answers, **more),  # type: ignore[arg-type]
        by,
    )


def late_delivery(customer: Customer, by: User | None = None, **more: object) -> Complaint:
    told = Filed(key=key(), kind=Kind.DELIVERY, customer_id=customer.pk, answers=LATE, **more)  # type: ignore[arg-type]
    return services.file_complaint(told, by)


def a_batch(product: Product, number: str) -> Batch:
    today = timezone.localdate()
    return Batch.objects.create(
        product=product, batch_no=number, produced=today, expires=today + timedelta(days=30)
    )
