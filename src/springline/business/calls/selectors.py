"""All reads of calls, shaped for the viewer: numbers are masked for those who need not know them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from springline.business import phones
from springline.business.accounts.api import NamedOut
from springline.business.accounts.roles import Action, Actor, may
from springline.business.calls.models import Call, CallStep, Recording, RecordingFile, WrapUp, WrapUpCode
from springline.business.calls.schemas import CallOut, CallWithSteps, RecordingOut, StepOut, WrapUpOut
from springline.business.calls.sentences import sentence
from springline.business.calls.states import RecordingState
from springline.business.hotline.selectors import agent_names, queue_names


def took_part(call_id: str, agent: str) -> bool:
    """Whether the agent talked with the caller, at the end or before they handed them over."""
    return CallStep.objects.filter(call_id=call_id, type="AgentConnected", data__agent=agent).exists()


def page(
    viewer: Actor,
    *,
    limit: int,
    before: datetime | None = None,
    agent: str | None = None,
    queue: str | None = None,
    outcome: str | None = None,
) -> tuple[list[CallOut], datetime | None]:
    """At most `limit` calls that arrived before `before`, newest first, and where the next page begins."""
    calls = Call.objects.all()
    if before is not None:
        calls = calls.filter(arrived_at__lt=before)
    for name, value in (("agent", agent), ("queue", queue), ("outcome", outcome)):
        if value:
            calls = calls.filter(**{name: value})
    found = list(calls[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return out(viewer, found), found[-1].arrived_at if more else None


def one(viewer: Actor, call: Call) -> CallWithSteps:
    show = _sees_number(viewer, call)
    agents, queues = agent_names(), queue_names()
    steps = [
        StepOut(
            at=step.at,
            type=step.type,
            data=_shown(step.data, show),
            text=sentence(step.type, step.data, agents, queues),
        )
        for step in CallStep.objects.filter(call_id=call.id)
    ]
    return CallWithSteps(**out(viewer, [call])[0].dict(), steps=steps)


def out(viewer: Actor, calls: Sequence[Call]) -> list[CallOut]:
    """Six queries, however many calls."""
    ids = [call.id for call in calls]
    agents, queues = agent_names(), queue_names()
    wrap_ups = {row.call_id: row for row in WrapUp.objects.filter(call_id__in=ids).select_related("code")}
    recordings = {row.path: row for row in Recording.objects.filter(call_id__in=ids)}
    files: dict[str, list[RecordingFile]] = {}
    for file in RecordingFile.objects.filter(call_id__in=ids):
        files.setdefault(file.call_id, []).append(file)
    return [
        _call(
            viewer,
            call,
            agents,
            queues,
            wrap_ups.get(call.id),
            [recordings.get(file.path) for file in files.get(call.id, [])],
        )
        for call in calls
    ]


def recording_part(call_id: str, part: int) -> tuple[str, Recording | None]:
    """(state, recording) of the call's `part`-th file, counted from 0; "none" when there is no such file."""
    files = list(RecordingFile.objects.filter(call_id=call_id)[part : part + 1])
    if not files:
        return "none", None
    recording = Recording.objects.filter(path=files[0].path).first()
    return _state_of(recording), recording


def wrap_up_codes() -> list[WrapUpCode]:
    return list(WrapUpCode.objects.filter(active=True))


def _call(
    viewer: Actor,
    call: Call,
    agents: dict[str, str],
    queues: dict[str, str],
    wrap_up: WrapUp | None,
    recordings: list[Recording | None],
) -> CallOut:
    show = _sees_number(viewer, call)
    return CallOut(
        id=call.id,
        direction=call.direction,
        first_call=call.first_call,
        arrived_at=call.arrived_at,
        answered_at=call.answered_at,
        connected_at=call.connected_at,
        ended_at=call.ended_at,
        caller=phones.whole(call.caller) if show else None,
        caller_display=phones.display(call.caller, call.caller_raw, call.caller_quality, show=show),
        caller_quality=call.caller_quality,
        dialled=call.dialled,
        hotline=call.hotline,
        queue=_named(call.queue, queues),
        intent=call.intent,
        region=call.region,
        region_source=call.region_source,
        region_certainty=call.region_certainty,
        home=call.home,
        home_city=call.home_city,
        agent=_named(call.agent, agents),
        outcome=call.outcome,
        message_seconds=call.message_seconds,
        wait_seconds=call.wait_seconds,
        talk_seconds=call.talk_seconds,
        hangup_by=call.hangup_by,
        cause=call.cause,
        wrap_up=wrap_up
        and WrapUpOut(
            code=wrap_up.code_id,
            name=wrap_up.code.name,
            note=wrap_up.note,
            at=wrap_up.at,
            intent=wrap_up.intent,
            outcome=wrap_up.outcome,
            lost_reason=wrap_up.lost_reason,
            knowledge=wrap_up.knowledge,
        ),
        recording=_recording(viewer, call, recordings),
        abuse=call.abuse,
        is_test=call.is_test,
    )


def _recording(viewer: Actor, call: Call, parts: list[Recording | None]) -> RecordingOut | None:
    if not may(viewer, Action.HEAR_RECORDINGS, call.agent):
        return None
    states = [_state_of(part) for part in parts]
    state = next((s for s in ("pending", "ready", "missing") if s in states), "none")
    seconds = [part.seconds for part in parts if part and part.seconds is not None]
    url = f"/api/calls/{call.id}/recording" if state == "ready" else None
    return RecordingOut(state=state, seconds=sum(seconds) if seconds else None, url=url, parts=len(parts))


def _state_of(recording: Recording | None) -> str:
    if recording is None:
        return "pending"
    return "missing" if recording.state == RecordingState.PURGED else recording.state


def _sees_number(viewer: Actor, call: Call) -> bool:
    return may(viewer, Action.SEE_NUMBERS, call.agent)


def _shown(data: dict[str, Any], show: bool) -> dict[str, Any]:
    numbers = {name: value for name in ("caller", "caller_raw", "number") if (value := data.get(name))}
    hidden = {
        name: phones.masked(value)
        for name, value in numbers.items()
        if not show or phones.whole(value) is None
    }
    return data | hidden


def _named(key: str | None, names: dict[str, str]) -> NamedOut | None:
    return NamedOut(id=key, name=names.get(key, key)) if key else None
