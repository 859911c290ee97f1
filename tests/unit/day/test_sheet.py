"""Callers' notes against the database: equal figures, and each call that is told otherwise named."""

import msgspec

from springline.day.report import DayReport
from springline.day.sheet import Ending, Line, Note, Stated, balance, call_differences

ENDINGS = [*Ending][:6]


def note(no: int, ending: Ending, **more: object) -> Note:
    return Note(
        no=no,
        clock="09:00",
        temper="plain",
        wish="order",
        area="city",
        ending=ending,
        call_id=f"c{no}",
        heard=True if ending is Ending.HANDLED else None,
        **more,  # type: ignore[arg-type]
    )


NOTES = [note(no, ending) for no, ending in enumerate([*ENDINGS, Ending.HANDLED], 1)]
STATED = Stated(
    outcomes={one.call_id or "": one.ending.value for one in NOTES},
    calls=6,
    connected=2,
    abandoned=1,
    messages=1,
    out_of_area=1,
    left_in_menu=1,
    open=0,
)


def test_a_day_that_balances() -> None:
    lines = balance(NOTES, 2, STATED, {})

    assert all(line.same for line in lines)
    assert lines[0] == Line(what="offered", callers=7, database=7)
    assert next(line for line in lines if line.what == "sum of these").callers == 7
    assert call_differences(NOTES, STATED) == []


def test_two_mistakes_that_cancel_out_are_found() -> None:
    swapped = dict(STATED.outcomes) | {"c1": "message", "c4": "handled"}
    stated = Stated(
        **{name: getattr(STATED, name) for name in STATED.__struct_fields__} | {"outcomes": swapped}
    )

    assert all(line.same for line in balance(NOTES, 2, stated, {}))
    assert [found.stated for found in call_differences(NOTES, stated)] == ["message", "handled"]


def test_a_call_that_nobody_made_or_that_is_missing() -> None:
    stated = Stated(
        **{name: getattr(STATED, name) for name in STATED.__struct_fields__}
        | {"outcomes": dict(STATED.outcomes) | {"ghost": None}}
    )
    missing = [*NOTES, note(8, Ending.HANDLED)]

    found = call_differences(missing, stated)

    assert [(one.stated, one.found) for one in found] == [("not there", "handled"), ("None", "none")]


def test_a_caller_who_met_something_odd_is_a_difference() -> None:
    odd = [*NOTES[:-1], note(7, Ending.UNCLEAR, problem="StepFailed: not within 30 s: the line")]

    report = DayReport(calls=7, seed=1, speed=1, agents=1)
    report.lines, report.differences = balance(odd, 2, STATED, {}), call_differences(odd, STATED)

    assert not report.verdict
    assert [one.what for one in report.differences] == ["StepFailed: not within 30 s: the line"]
    assert {line.what for line in report.lines if not line.same} >= {"handled", "sum of these"}


def test_water_that_would_go_elsewhere_is_named() -> None:
    def placed(region: str | None) -> list[str]:
        stated = msgspec.structs.replace(STATED, regions={"c1": region})
        return [found.what for found in call_differences(NOTES, stated)]

    assert placed("341502+341503") == placed("341503") == []
    assert placed("341525") == placed(None) == ["region"]
