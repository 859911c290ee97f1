"""Erlang C: how long callers wait for one of several agents, when nobody gives up.

After A. K. Erlang, "Solution of some problems in the theory of probabilities" (1917); random arrivals,
exponential handling, served in the order of arrival.
"""

from math import exp


def delay_probability(agents: int, erlangs: float) -> float:
    """That a caller has to wait at all. `erlangs`: calls a second × seconds of handling; 1.0 when the agents
    cannot do as much."""
    if erlangs >= agents:
        return 1.0
    blocked = 1.0
    for number in range(1, agents + 1):
        blocked = erlangs * blocked / (number + erlangs * blocked)
    load = erlangs / agents
    return blocked / (1 - load * (1 - blocked))


def service_level(agents: int, erlangs: float, handling: float, within: float) -> float:
    """The part (0..1) of callers who are answered `within` seconds. `handling`: seconds, on average."""
    if erlangs >= agents:
        return 0.0
    return 1 - delay_probability(agents, erlangs) * exp(-(agents - erlangs) * within / handling)
