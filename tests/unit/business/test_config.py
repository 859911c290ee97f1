"""The config the live floor gets, and the life of IVR versions."""

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from springline.business.accounts.models import AuditRow
from springline.business.hotline import services, states
from springline.business.hotline.models import Agent, Hotline, IvrVersion, PublishedConfig, Queue
from springline.business.hotline.states import TRANSITIONS, FlowEvent, FlowState
from springline.contracts import codec
from springline.contracts.config import Config, Device, Span, SpecialDay
from springline.platform.states import IllegalTransition

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotline(agents: object) -> Hotline:
    line = Hotline.objects.create(number="4000564000", dids=["4000564000", "05643210000"])
    services.publish_flow(services.draft_flow(line, "v1", "menu: one\n"))
    return line


def test_the_config_says_what_the_rows_say(hotline: Hotline) -> None:
    config = services.build_config(7)
    assert codec.decode(codec.encode(config), Config) == config
    assert config.version == 7
    line = config.hotlines[0]
    assert (line.number, line.dids) == ("4000564000", ("4000564000", "05643210000"))
    assert (line.flow.version, line.flow.document) == ("v1", "menu: one\n")
    assert [queue.id for queue in config.queues] == ["city", "huoshan"]
    xiaoan = config.agents[0]
    assert (xiaoan.id, xiaoan.queues, xiaoan.device) == ("1001", ("city", "huoshan"), Device.WEBRTC)
    assert len(xiaoan.sip_password) >= 32
    assert xiaoan.sip_password != config.agents[1].sip_password


def test_an_inactive_agent_and_a_line_without_flow_are_left_out(hotline: Hotline) -> None:
    Agent.objects.filter(pk="1003").update(active=False)
    Hotline.objects.create(number="4000000001")
    config = services.build_config()
    assert [agent.id for agent in config.agents] == ["1001"]
    assert len(config.hotlines) == 1


def test_only_a_change_makes_a_new_version(hotline: Hotline) -> None:
    first = services.next_config(None)
    assert first is not None
    assert first.version == 1
    assert services.next_config(1) is None
    Queue.objects.filter(pk="city").update(ring_timeout=20)
    second = services.next_config(1)
    assert second is not None
    assert (second.version, second.queues[0].ring_timeout) == (2, 20)
    services.set_agent_device("1001", Device.SIP)
    third = services.next_config(2)
    assert third is not None
    assert third.agents[0].device is Device.SIP


@pytest.mark.parametrize("stored", [None, 0, 41])
def test_what_the_bus_lost_or_has_from_elsewhere_is_replaced_by_a_newer_one(
    hotline: Hotline, stored: int | None
) -> None:
    assert services.next_config(None) is not None
    again = services.next_config(stored)
    assert again is not None
    assert again.version == max(1, stored or 0) + 1
    assert PublishedConfig.objects.first().version == again.version  # type: ignore[union-attr]
    assert services.next_config(again.version) is None


def test_looking_for_a_change_takes_no_write_lock(hotline: Hotline, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    services.next_config(None)
    with django_assert_num_queries(7) as queries:
        assert services.next_config(1) is None
    assert not any("INSERT" in query["sql"] or "BEGIN" in query["sql"] for query in queries.captured_queries)


def test_publishing_retires_and_roll_back_returns(hotline: Hotline) -> None:
    second = services.publish_flow(services.draft_flow(hotline, "v2", "menu: two\n"), why="new greeting")
    assert services.build_config().hotlines[0].flow.version == "v2"
    assert dict(IvrVersion.objects.values_list("version", "state")) == {"v1": "retired", "v2": "live"}
    former = services.former_flow(hotline)
    assert former is not None
    back = services.publish_flow(former, why="callers complain")
    assert (back.version, services.build_config().hotlines[0].flow.version) == ("v1", "v1")
    assert services.former_flow(hotline) == second
    assert AuditRow.objects.filter(what="flow.published").count() == 3
    assert AuditRow.objects.get(why="callers complain").detail == {"version": "v1"}


def test_a_live_flow_is_not_published_twice(hotline: Hotline) -> None:
    with pytest.raises(IllegalTransition):
        services.publish_flow(IvrVersion.objects.get())


def test_the_database_refuses_two_live_flows(hotline: Hotline) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        IvrVersion.objects.create(hotline=hotline, version="x", document="", state=FlowState.LIVE)


def test_nothing_to_roll_back_to(hotline: Hotline) -> None:
    assert services.former_flow(hotline) is None


@pytest.mark.parametrize("state", list(FlowState))
@pytest.mark.parametrize("event", list(FlowEvent))
def test_the_state_table(state: FlowState, event: FlowEvent) -> None:
    if (state, event) in TRANSITIONS:
        assert states.after(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(IllegalTransition):
            states.after(state, event)


def test_a_hotline_without_opening_times_never_closes(hotline: Hotline) -> None:
    assert services.build_config().hotlines[0].hours is None


def test_the_calendar_and_the_helpers_are_published(hotline: Hotline) -> None:
    pool = Queue.objects.create(id="pool", name="人工")
    Queue.objects.create(id="far", name="远").overflow_to.set([pool])
    hotline.opening.create(weekday=0, opens=time(7, 30), closes=time(0, 0))
    year = timezone.localdate().year
    hotline.days.create(day=date(year, 12, 30), note="盘点")
    hotline.days.create(day=date(year, 10, 1), opens=time(9), closes=time(12))
    config = services.build_config()
    hours = config.hotlines[0].hours
    assert hours is not None
    assert hours.week == ((Span(opens=450, closes=1440),), (), (), (), (), (), ())
    assert hours.days[f"{year}-12-30"].spans == ()
    assert hours.days[f"{year}-10-01"] == SpecialDay(spans=(Span(opens=540, closes=720),), holiday="national")
    [far] = [queue for queue in config.queues if queue.id == "far"]
    assert (far.overflow_to, far.overflow_after, far.no_agent_wait) == (("pool",), 20.0, 15.0)
