"""Asterisk's security log: which lines count, and a log that is rotated under the reader."""

import asyncio
from pathlib import Path

import pytest

from springline.contracts.events import AnyEvent
from springline.contracts.house_events import TrunkRefused
from springline.telephony.control.refused import RefusedRequests
from tests.support.virtual_time import run_virtual

PREFIX = '[2026-11-23 10:00:00.123] SECURITY[4711] res_security_log.c: SecurityEvent="{event}",'
REST = (
    'EventTV="2026-11-23T10:00:00.123+0800",Severity="Error",Service="PJSIP",EventVersion="1",'
    'AccountID="{account}",SessionID="a84b4c76e66710",LocalAddress="IPV4/UDP/127.0.0.1/5060",'
    'RemoteAddress="{remote}"{more}\n'
)


def line(
    event: str, remote: str = "IPV4/UDP/127.0.0.9/5070", account: str = "sipvicious", more: str = ""
) -> str:
    return PREFIX.format(event=event) + REST.format(account=account, remote=remote, more=more)


@pytest.fixture
def told() -> list[AnyEvent]:
    return []


@pytest.fixture
def reader(tmp_path: Path, told: list[AnyEvent]) -> RefusedRequests:
    return RefusedRequests(tmp_path / "security", told.append)


def counts(told: list[AnyEvent]) -> dict[str, int]:
    found: dict[str, int] = {}
    for event in told:
        assert isinstance(event, TrunkRefused)
        found[event.address] = found.get(event.address, 0) + event.count
    return found


@pytest.mark.parametrize(
    ("event", "more"),
    [
        ("InvalidAccountID", ""),
        ("FailedACL", ',ACLName="trunk"'),
        ("InvalidPassword", ',Challenge="1/9",ReceivedChallenge="1/9",ReceivedHash="ab"'),
        ("ChallengeResponseFailed", ',Challenge="1/9",Response="x",ExpectedResponse=""'),
    ],
)
def test_a_refusal_counts_by_its_address(
    reader: RefusedRequests, told: list[AnyEvent], event: str, more: str
) -> None:
    reader.see(line(event, more=more))
    reader.see(line(event, "IPV4/TCP/203.0.113.4/40000", more=more))
    reader.see(line(event, "IPV6/UDP/2001:db8::1/5060", more=more))
    reader.see(line(event, more=more))
    reader._report()
    assert counts(told) == {"127.0.0.9": 2, "203.0.113.4": 1, "2001:db8::1": 1}
    assert {event.service for event in told if isinstance(event, TrunkRefused)} == {"PJSIP"}


@pytest.mark.parametrize(
    "text",
    [
        line("SuccessfulAuth", more=',UsingPassword="1"'),
        line("ChallengeSent", more=',Challenge="x"'),
        "",
        "\n",
        "\x00\ufffd garbage",
        'SecurityEvent="InvalidAccountID",Service="PJSIP"\n',
        'SecurityEvent="InvalidAccountID",Service="PJSIP",RemoteAddress="nonsense"\n',
    ],
)
def test_other_lines_do_not_count(reader: RefusedRequests, told: list[AnyEvent], text: str) -> None:
    reader.see(text)
    reader._report()
    assert told == []


def test_the_log_is_followed_through_rotation(tmp_path: Path, told: list[AnyEvent]) -> None:
    log = tmp_path / "security"
    log.write_text(line("FailedACL", "IPV4/UDP/192.0.2.1/1") * 9)

    async def main() -> None:
        following = asyncio.create_task(RefusedRequests(log, told.append).run())
        await asyncio.sleep(3)
        with log.open("a") as file:
            file.write(line("FailedACL", "IPV4/UDP/192.0.2.2/1"))
        await asyncio.sleep(15)
        log.rename(tmp_path / "security.1")
        await asyncio.sleep(15)
        log.write_text(line("FailedACL", "IPV4/UDP/192.0.2.3/1"))
        await asyncio.sleep(15)
        log.write_text("")
        await asyncio.sleep(15)
        log.write_text(line("FailedACL", "IPV4/UDP/192.0.2.4/1"))
        await asyncio.sleep(15)
        assert not following.done()
        following.cancel()

    run_virtual(main())
    assert counts(told) == {f"192.0.2.{n}": 1 for n in (2, 3, 4)}, "what was there at the start is old"


def test_a_line_that_is_half_written_counts_once(tmp_path: Path, told: list[AnyEvent]) -> None:
    log = tmp_path / "security"
    log.touch()
    text = line("FailedACL")

    async def main() -> None:
        following = asyncio.create_task(RefusedRequests(log, told.append).run())
        await asyncio.sleep(0.1)
        for part in (text[:80], text[80:-1], text[-1:] + text):
            with log.open("a") as file:
                file.write(part)
            await asyncio.sleep(5)
        await asyncio.sleep(20)
        following.cancel()

    run_virtual(main())
    assert counts(told) == {"127.0.0.9": 2}


def test_reports_are_not_more_frequent_than_every_ten_seconds(tmp_path: Path, told: list[AnyEvent]) -> None:
    log = tmp_path / "security"
    log.touch()

    async def main() -> None:
        following = asyncio.create_task(RefusedRequests(log, told.append).run())
        await asyncio.sleep(0.1)
        for _ in range(60):
            with log.open("a") as file:
                file.write(line("FailedACL"))
            await asyncio.sleep(0.5)
        await asyncio.sleep(20)
        following.cancel()

    run_virtual(main())
    assert counts(told) == {"127.0.0.9": 60}
    assert len(told) <= 5
