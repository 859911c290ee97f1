"""What a phone sent, as every database can store it. Pure."""

import math
from typing import Any

from springline.business.typed import seen

_DEEPEST = 12


def storable(value: Any, depth: int = 0) -> Any:
    """JSON without what databases refuse: NUL and half characters in texts, numbers that are none, depths.

    A report that cannot be stored would be sent again for ever and hold up all that comes after it.
    """
    if isinstance(value, str):
        return seen(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if depth >= _DEEPEST and isinstance(value, dict | list):
        return None
    if isinstance(value, dict):
        return {storable(str(key)): storable(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [storable(inner, depth + 1) for inner in value]
    return value
