"""The courier's phone under /courier, the desk and the board under /delivery."""

from ninja import Router

from springline.business.delivery.api.board import router as board
from springline.business.delivery.api.courier import router as courier

router = Router()
router.add_router("/courier", courier, tags=["courier"])
router.add_router("/delivery", board, tags=["delivery"])
