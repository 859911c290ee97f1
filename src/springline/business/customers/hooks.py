"""Where other apps of the floor join in without being imported here: each registers in its AppConfig.ready().

Every function gets the ids of one customer and of the duplicates merged into it (selectors.family). A name is
registered once; a second registration replaces the first.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

Ids = list[int]

# Name → what the screen pop shows under `parts`: last order, ticket balance, open complaints.
pop_parts: dict[str, Callable[[Ids], Any]] = {}
# Name → what belongs into the export of one person's data.
export_parts: dict[str, Callable[[Ids], Any]] = {}
# Name → called inside the erasing transaction, after the customer's own rows were emptied.
erasers: dict[str, Callable[[Ids], None]] = {}
# Name → called inside the erasing transaction with the numbers (E.164) that were this person's alone.
forgetters: dict[str, Callable[[list[str]], None]] = {}
# Name → (Chinese, English) sentences that say why this person cannot be erased yet.
erase_blockers: dict[str, Callable[[Ids], list[tuple[str, str]]]] = {}
# Name → ids of customers for the text of the one box, such as an order number.
searches: dict[str, Callable[[str], Ids]] = {}
# The last order as a caller may tell it, to verify who they are: number, day (Shanghai), SKU.
last_order: dict[str, Callable[[Ids], tuple[str, date, str] | None]] = {}
# The county (adcode) of the last delivered order, and when.
last_delivery: dict[str, Callable[[Ids], tuple[str, datetime] | None]] = {}
# Whether water is on its way to them now: such a caller is served sooner.
open_order: dict[str, Callable[[Ids], bool]] = {}
