"""Erlang C by its known values, and the rules beside it."""

import pytest

from springline.telephony.acd.erlang import delay_probability, service_level
from springline.telephony.acd.pool import WITHIN, Shape, simulated_level


def test_one_agent_is_the_plain_queue() -> None:
    """M/M/1: the probability to wait is the load."""
    assert delay_probability(1, 0.3) == pytest.approx(0.3)


def test_two_agents_by_the_closed_form() -> None:
    """M/M/2: 2 r² / (1 + r), r the load of one agent."""
    assert delay_probability(2, 1.0) == pytest.approx(2 * 0.25 / 1.5)


def test_a_worked_example_of_the_field() -> None:
    """200 calls an hour of 3 minutes, 14 agents: 17.4 % wait, 88.8 % within 20 s (a textbook's)."""
    assert delay_probability(14, 10.0) == pytest.approx(0.1741, abs=5e-5)
    assert service_level(14, 10.0, 180.0, 20.0) == pytest.approx(0.888, abs=5e-4)


def test_too_few_agents_never_catch_up() -> None:
    assert delay_probability(8, 8.0) == 1.0
    assert service_level(8, 9.0, 100.0, 20.0) == 0.0


def test_the_longer_one_waits_the_more_are_answered() -> None:
    levels = [service_level(10, 8.0, 100.0, within) for within in (0, 20, 60, 600)]
    assert levels == sorted(levels)
    assert levels[0] == pytest.approx(1 - delay_probability(10, 8.0))


def test_the_rules_serve_a_pool_as_theory_says() -> None:
    shape = Shape(6, 4.0, 60.0)
    theory = service_level(shape.agents, shape.erlangs, shape.handling, WITHIN)
    assert simulated_level(shape, 20_000) == pytest.approx(theory, abs=0.02)
