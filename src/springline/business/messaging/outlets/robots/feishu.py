"""飞书 group robot: base64(HMAC-SHA256(key="timestamp\\nsecret", message="")), s, inside the body."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

import httpx

from springline.business.messaging.outlets.base import Letter, NotSent, Place, Post, Wait, accepted, document

_BUSY = {9499, 11232}  # too many requests; the busy minutes :00 and :30


def signature(secret: str, seconds: int) -> str:
    return base64.b64encode(hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


class Feishu:
    def post(self, place: Place, letter: Letter, now: datetime, nonce: str) -> Post:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": letter.text}}
        if secret := place.secrets.get("secret"):
            stamp = int(now.timestamp())
            body |= {"timestamp": str(stamp), "sign": signature(secret, stamp)}
        url = f"{place.url.rstrip('/')}/{place.secret('token')}"
        return Post(url, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def read(self, answer: httpx.Response) -> str:
        accepted(answer)
        result = document(answer)
        code = result.get("code", result.get("StatusCode"))
        if code == 0:
            return ""
        failure = Wait if code in _BUSY else NotSent
        raise failure(f"feishu_{code}", str(result.get("msg", ""))[:120])
