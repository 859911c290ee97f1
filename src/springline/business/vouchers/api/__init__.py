"""Vouchers, buckets and deposits over HTTP."""

from ninja import Router

from springline.business.http import BOTH
from springline.business.vouchers.api import buckets, fixes, reading, using

router = Router(tags=["vouchers"], auth=BOTH)
for part in (reading.router, using.router, fixes.router, buckets.router):
    router.add_router("/vouchers", part)
