"""The API as a whole: routers, errors, documents."""

from ninja import NinjaAPI
from ninja.openapi.docs import Swagger
from ninja.renderers import JSONRenderer

import springline
from springline.business import health, http
from springline.business.accounts.api import router as session
from springline.business.accounts.second_factor_api import router as second_factor
from springline.business.calls.api import router as calls
from springline.business.calls.callbacks.api import router as callbacks
from springline.business.calls.handing_over import router as handing_over
from springline.business.calls.ringing import router as ringing
from springline.business.calls.ringing import session_router as resetting
from springline.business.calls.supervising import router as supervising
from springline.business.calls.warning import router as warning
from springline.business.catalog.api import router as catalog
from springline.business.complaints.api import router as complaints
from springline.business.customers.api import router as customers
from springline.business.delivery.api import router as delivery
from springline.business.hotline.api import router as agents
from springline.business.knowledge.api import router as knowledge
from springline.business.messaging.api import router as messages
from springline.business.orders.api import router as orders
from springline.business.reports.api import router as reports
from springline.business.typed import ReadableInput
from springline.business.vouchers.api import router as vouchers


class ReadableJson(JSONRenderer):
    """Chinese as it is written, not as \\u escapes."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Springline 泉线",
    version=springline.__version__,
    description=(
        "Times are UTC (ISO 8601), phone numbers E.164, durations seconds. Sign in with the session cookie, "
        "or send `Authorization: Bearer <token>` (`springline token create`). Live state: `GET /api/live`, "
        "server-sent events `snapshot`, `change`, `offline`, `notice`."
    ),
    docs=Swagger(),
    docs_url="/docs",
    openapi_url="/openapi.json",
    urls_namespace="api",
    renderer=ReadableJson(),
    parser=ReadableInput(),
)
http.install(api)
for router in (
    session,
    second_factor,
    agents,
    calls,
    handing_over,
    supervising,
    ringing,
    resetting,
    warning,
    callbacks,
    catalog,
    vouchers,
    customers,
    messages,
    delivery,
    complaints,
    orders,
    knowledge,
    reports,
    health.router,
):
    api.add_router("", router)
