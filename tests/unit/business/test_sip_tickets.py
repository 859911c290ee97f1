"""Tickets of the softphone: whose they are, how long, and what the proxy makes of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from springline.business import sip_digest, sip_proxy
from springline.business.accounts import softphone
from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.hotline.models import Agent
from springline.business.hotline.services import softphone_secret
from springline.business.sip_places import places
from tests.unit.business import people
from tests.unit.business.sip_words import digest, register
from tests.unit.business.test_sip_proxy import Browser, engine, finished, no_connection_left, our_name

__all__ = ["no_connection_left", "our_name"]
pytestmark = pytest.mark.django_db(transaction=True)
ME, OTHER = "agent-1001", "agent-1003"


class Desk:
    """A signed-in browser of agent 1001, and what it is told."""

    def __init__(self, user: User) -> None:
        self.user, self.client = user, Client(headers={"host": "desk.test"})
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self.key = self.client.cookies[settings.SESSION_COOKIE_NAME].value

    def ticket(self) -> str:
        answer = self.client.post("/api/softphone", content_type="application/json")
        assert answer.status_code == 200, answer.content
        assert answer["Cache-Control"] == "private, no-store"
        return str(answer.json()["password"])

    def browser(self) -> Browser:
        return Browser(f"{settings.SESSION_COOKIE_NAME}={self.key}")


@sync_to_async
def desks() -> tuple[Desk, Desk]:
    first, second = people.make_agents()
    return Desk(people.an(first)), Desk(people.an(second))


@pytest.fixture
async def two() -> tuple[Desk, Desk]:
    return await desks()


async def answer_to(browser: Browser, message: str) -> str:
    browser.send(text=message)
    return str((await browser.next())["text"])


def secret_of(agent: str) -> str:
    return softphone_secret(Agent.objects.get(pk=agent))


async def test_a_ticket_is_exchanged_for_the_engine_s_secret(two: tuple[Desk, Desk]) -> None:
    desk, _ = two
    ticket, secret = await sync_to_async(desk.ticket)(), await sync_to_async(secret_of)("1001")
    async with engine() as asterisk:
        browser = desk.browser()
        task = browser.open(asterisk.url)
        await browser.next()
        # The stand-in engine echoes what it was sent.
        passed = await answer_to(browser, register(ME, digest(ME, ticket, "REGISTER")))
        assert passed == register(ME, digest(ME, secret, "REGISTER"))
        assert ticket != secret
        browser.leave()
        await finished(task)


async def test_what_no_valid_ticket_of_this_session_made_is_refused(two: tuple[Desk, Desk]) -> None:
    desk, other = two
    mine, theirs = await sync_to_async(desk.ticket)(), await sync_to_async(other.ticket)()
    elsewhere = await sync_to_async(lambda: Desk(desk.user).ticket())()
    secret = await sync_to_async(secret_of)("1001")
    yesterday = softphone.ticket(desk.user, desk.key, timezone.now() - timedelta(days=1)).password
    phone = desk.user.agent.sip_password
    async with engine() as asterisk:
        browser = desk.browser()
        task = browser.open(asterisk.url)
        await browser.next()
        for name, password in [
            (ME, theirs),
            (OTHER, theirs),
            (OTHER, mine),
            (ME, elsewhere),
            (ME, yesterday),
            (ME, phone),
            (ME, secret),
            (ME, ""),
        ]:
            said = await answer_to(browser, register(name, digest(name, password, "REGISTER")))
            assert said.startswith("SIP/2.0 403 "), (name, password)
            assert "CSeq: 1 REGISTER" in said
        wrong_method = register(ME, digest(ME, mine, "INVITE"))
        assert (await answer_to(browser, wrong_method)).startswith("SIP/2.0 403 ")
        twice = digest(ME, mine, "REGISTER")
        doubled = register(ME, f"{twice}\r\nAuthorization: {twice}")
        assert (await answer_to(browser, doubled)).startswith("SIP/2.0 403 ")
        browser.leave()
        await finished(task)


async def test_a_running_registration_is_refreshed_with_the_ticket_it_began_with(
    two: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _ = two
    ticket = await sync_to_async(desk.ticket)()
    message = register(ME, digest(ME, ticket, "REGISTER"))
    async with engine() as asterisk:
        old, new = desk.browser(), desk.browser()
        tasks = [old.open(asterisk.url), new.open(asterisk.url)]
        await old.next()
        await new.next()
        assert (await answer_to(old, message)).startswith("REGISTER ")
        later = timezone.now() + timedelta(minutes=20)
        monkeypatch.setattr(sip_proxy.timezone, "now", lambda: later)
        assert (await answer_to(old, message)).startswith("REGISTER ")
        assert (await answer_to(new, message)).startswith("SIP/2.0 403 ")
        for browser, task in zip((old, new), tasks, strict=True):
            browser.leave()
            await finished(task)


def signs_out(desk: Desk) -> None:
    assert desk.client.delete("/api/session").status_code == 200


def changes_the_password(desk: Desk) -> None:
    desk.user.set_password("another-river-18")
    desk.user.save()


def is_blocked(desk: Desk) -> None:
    desk.user.is_active = False
    desk.user.save()


def becomes_another_agent(desk: Desk) -> None:
    desk.user.agent = None
    desk.user.save()


def leaves_the_house(desk: Desk) -> None:
    agent = Agent.objects.get(pk="1001")
    agent.active = False
    agent.save()


@pytest.mark.parametrize(
    "ends", [signs_out, changes_the_password, is_blocked, becomes_another_agent, leaves_the_house]
)
async def test_the_socket_is_closed_at_once_and_opened_no_more(two: tuple[Desk, Desk], ends: Any) -> None:
    desk, other = two
    async with engine() as asterisk:
        browser, neighbour = desk.browser(), other.browser()
        task, others = browser.open(asterisk.url), neighbour.open(asterisk.url)
        await browser.next()
        await neighbour.next()
        await sync_to_async(ends)(desk)
        assert await browser.next() == {"type": "websocket.close", "code": sip_proxy.REFUSED}
        await finished(task)
        again = desk.browser()
        task = again.open(asterisk.url)
        assert (await again.next())["type"] == "websocket.close"
        await finished(task)
        assert (await answer_to(neighbour, "OPTIONS sip:springline SIP/2.0")).startswith("OPTIONS")
        neighbour.leave()
        await finished(others)


async def test_what_another_process_changed_is_seen_a_little_later(
    two: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sip_proxy, "LOOK_SECONDS", 0.01)
    desk, _ = two
    async with engine() as asterisk:
        browser = desk.browser()
        task = browser.open(asterisk.url)
        await browser.next()
        await User.objects.filter(pk=desk.user.pk).aupdate(is_active=False)
        assert await browser.next() == {"type": "websocket.close", "code": sip_proxy.REFUSED}
        await finished(task)


async def test_without_a_database_a_line_stays(
    two: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> bool:
        raise DatabaseError("away")

    desk, _ = two
    ticket = await sync_to_async(desk.ticket)()
    monkeypatch.setattr(sip_proxy, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(sip_proxy, "still_standing", away)
    async with engine() as asterisk:
        browser = desk.browser()
        task = browser.open(asterisk.url)
        await browser.next()
        for _again in range(3):
            said = await answer_to(browser, register(ME, digest(ME, ticket, "REGISTER")))
            assert said.startswith("REGISTER ")
        browser.leave()
        await finished(task)


def test_how_long_a_ticket_is_good(xiaoan: User) -> None:
    made = datetime(2026, 11, 27, 4, 3, tzinfo=UTC)
    one = softphone.ticket(xiaoan, "s", made)
    assert one.expires_at == datetime(2026, 11, 27, 4, 10, tzinfo=UTC)
    instant = timedelta(microseconds=1)
    assert one.password in softphone.passwords(xiaoan, "s", one.expires_at - instant)
    assert one.password not in softphone.passwords(xiaoan, "s", one.expires_at)
    assert one.password not in softphone.passwords(xiaoan, "s", made - timedelta(hours=1))


def test_who_has_no_browser_s_telephone_gets_none(xiaoan: User) -> None:
    client = Client(headers={"host": "desk.test"})
    client.force_login(xiaoan)
    Agent.objects.filter(pk="1001").update(device="sip")
    assert client.post("/api/softphone", content_type="application/json").json()["code"] == "no_softphone"
    supervisor = Client(headers={"host": "desk.test"})
    supervisor.force_login(people.a(Role.SUPERVISOR))
    assert supervisor.post("/api/softphone", content_type="application/json").status_code == 403
    assert (
        Client(headers={"host": "desk.test"})
        .post("/api/softphone", content_type="application/json")
        .status_code
        == 401
    )


@pytest.mark.parametrize(
    "text", ["", "\r\n\r\n", "SIP/2.0 200 OK\r\nAuthorization: Digest x\r\n\r\n", "x" * 99]
)
def test_what_is_no_request_carries_no_proof(text: str) -> None:
    assert sip_digest.proofs_of(text) == []


async def registered(desk: Desk, url: str) -> tuple[Browser, asyncio.Task[None]]:
    """A browser that has proved itself."""
    ticket = await sync_to_async(desk.ticket)()
    browser = desk.browser()
    task = browser.open(url)
    await browser.next()
    await answer_to(browser, register(ME, digest(ME, ticket, "REGISTER")))
    return browser, task


async def test_the_phone_is_where_it_was_proved_last(two: tuple[Desk, Desk]) -> None:
    desk, other = two
    elsewhere = await sync_to_async(Desk)(desk.user)
    async with engine() as asterisk:
        first, first_task = await registered(desk, asterisk.url)
        bystander = other.browser()
        bystander_task = bystander.open(asterisk.url)
        await bystander.next()
        second, second_task = await registered(elsewhere, asterisk.url)
        assert await first.next() == {"type": "websocket.close", "code": sip_proxy.ELSEWHERE}
        await finished(first_task)
        # A refresh takes nothing from anybody, and nobody else is told.
        again = await sync_to_async(elsewhere.ticket)()
        await answer_to(second, register(ME, digest(ME, again, "REGISTER"), cseq=2))
        assert await answer_to(bystander, "OPTIONS sip:springline SIP/2.0")
        # As another process tells it.
        places.hear("1001 another")
        assert await second.next() == {"type": "websocket.close", "code": sip_proxy.ELSEWHERE}
        await finished(second_task)
        bystander.leave()
        await finished(bystander_task)
