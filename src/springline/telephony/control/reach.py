"""Which of an agent's devices are there now: endpoints in the order in which they are rung."""

from springline.telephony.control.agent_leg import endpoint_of, phone_of


class Reach:
    """Kept by Presence."""

    def __init__(self) -> None:
        self._there: dict[str, set[str]] = {}

    def put(self, agent: str, endpoint: str, online: bool) -> bool:
        """Whether any device of the agent is there now."""
        known = self._there.setdefault(agent, set())
        (known.add if online else known.discard)(endpoint)
        return bool(known)

    def there(self, agent: str) -> tuple[str, ...]:
        known = self._there.get(agent, set())
        return tuple(one for one in (endpoint_of(agent), phone_of(agent)) if one in known)

    def best(self, agent: str) -> str:
        """The first of those that are there, else the usual one."""
        there = self.there(agent)
        return there[0] if there else endpoint_of(agent)
