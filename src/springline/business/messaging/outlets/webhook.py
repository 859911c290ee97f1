"""Our events to a customer's own system, signed so that it can tell they are ours and new."""

import hashlib
import hmac
import json
from datetime import datetime

import httpx

from springline.business.messaging.outlets.base import Letter, Place, Post, accepted

HEADER = "Springline-Signature"


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """`t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`; receivers refuse what is older than 5 min."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Webhook:
    def post(self, place: Place, letter: Letter, now: datetime, nonce: str) -> Post:
        body = json.dumps(dict(letter.event), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "Springline-Event-Id": letter.key,
            HEADER: signature(place.secret("secret"), int(now.timestamp()), body),
        }
        return Post(place.url, body, headers)

    def read(self, answer: httpx.Response) -> str:
        accepted(answer)
        return ""
