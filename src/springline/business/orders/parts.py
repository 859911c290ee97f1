"""What customers' screens, exports and erasures show of orders (customers.hooks)."""


def register() -> None:
    """Filled in with the pop part, searches and blockers."""
