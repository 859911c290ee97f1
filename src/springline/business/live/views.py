"""GET /api/live: the live state as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import Action, Reach
from springline.business.accounts.services import audit_reading, find_token
from springline.business.http import error_response, forbidden, not_signed_in
from springline.business.live import masking
from springline.business.live.hub import Follower, Hub, Item, Offline
from springline.business.live.present import hub
from springline.contracts import codec
from springline.contracts.live import LiveSnapshot, Notice

COMMENT_SECONDS = 10.0
STILL_HERE = b": still here\n\n"
# A user who was signed out or disabled stops seeing calls this much later, however busy the stream is.
CHECK_SECONDS = 30.0

WordsOf: TypeAlias = Callable[[User | ApiToken, Item], bytes]


async def live(request: HttpRequest) -> HttpResponseBase:
    if request.method != "GET":
        return error_response(405, "bad_method", "GET")
    viewer = await sync_to_async(_viewer)(request)
    if viewer is None:
        return not_signed_in()
    if viewer.reach(Action.WATCH_LIVE) is Reach.NONE:
        error = forbidden()
        return error_response(error.status, error.code, error.message)
    if viewer.reach(Action.SEE_NUMBERS) is Reach.ALL:
        await sync_to_async(audit_reading)(viewer, "numbers.watched")
    return answer(request, viewer, frame)


def answer(request: HttpRequest, viewer: User | ApiToken, words_of: WordsOf) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        stream(request, viewer, hub, words_of),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def stream(
    request: HttpRequest, viewer: User | ApiToken, source: Hub, words_of: WordsOf | None = None
) -> AsyncIterator[bytes]:
    """Frames of one browser, until it leaves, reads too slowly, or may no longer see them.

    `words_of`: the frame for an item, empty for what is not for this viewer.
    """
    words_of = words_of or frame
    follower: Follower = source.follow()
    now = asyncio.get_running_loop().time
    checked = said = now()
    try:
        yield b"retry: 1000\n\n"
        while True:
            try:
                item = await follower.next(COMMENT_SECONDS)
            except TimeoutError:
                words = STILL_HERE
            else:
                if item is None:
                    return
                # Proxies close what is silent, also while there is much that is not for this viewer.
                words = words_of(viewer, item) or (STILL_HERE if now() - said >= COMMENT_SECONDS else b"")
            if now() - checked >= CHECK_SECONDS:
                if not await sync_to_async(still_allowed)(request, viewer):
                    return
                checked = now()
            if words:
                said = now()
                yield words
    finally:
        source.leave(follower)


def frame(viewer: User | ApiToken, item: Item) -> bytes:
    if isinstance(item, Offline):
        return b'event: offline\ndata: {"code":"control_away"}\n\n'
    if isinstance(item, Notice):
        return b"event: notice\ndata: " + codec.encode(item) + b"\n\n"
    if isinstance(item, LiveSnapshot):
        name, body = "snapshot", codec.encode(masking.snapshot_for(viewer, item))
    else:
        name, body = "change", codec.encode(masking.event_for(viewer, item))
    return f"event: {name}\nid: {item.epoch}/{item.seq}\ndata: ".encode() + body + b"\n\n"


def still_allowed(request: HttpRequest, viewer: User | ApiToken) -> bool:
    """Whether the session or token that opened the stream still stands, and has the same reach."""
    if isinstance(viewer, ApiToken):
        return ApiToken.objects.filter(pk=viewer.pk, revoked_at=None).exists()
    session = request.session
    if session.session_key is None or not session.exists(session.session_key):
        return False
    user = User.objects.filter(pk=viewer.pk, is_active=True).first()
    return user is not None and (user.role, user.agent_id) == (viewer.role, viewer.agent_id)


def _viewer(request: HttpRequest) -> User | ApiToken | None:
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return find_token(text)
    user = get_user(request)
    return user if isinstance(user, User) else None
