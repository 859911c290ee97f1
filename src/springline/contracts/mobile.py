"""An agent's own mobile, called over the trunk and joined only when somebody there pressed 1."""

from enum import StrEnum


class MobileUse(StrEnum):
    """When it rings. LAST: where no device of the agent is there, or none answers; ONLY: at once."""

    OFF = "off"
    LAST = "last"
    ONLY = "only"
