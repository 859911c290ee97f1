"""Where others join in without being imported here; they register in their AppConfig.ready().

Called inside the transaction of the change, after it; what one raises undoes the change.
"""

from collections.abc import Callable

from springline.business.catalog.models import Batch

# The sale of a batch was stopped, or goes on.
stop_changed: list[Callable[[Batch], None]] = []
