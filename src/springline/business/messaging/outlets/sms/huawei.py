"""Huawei Cloud batchSendSms, WSSE: PasswordDigest = base64(SHA-256(nonce + created + secret))."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx

from springline.business.messaging.outlets.base import Letter, NotSent, Place, Post, Wait, accepted, document

_BUSY = {"E000503", "E200041", "E000000"}
_PATH = "/sms/batchSendSms/v1"


def wsse(key: str, secret: str, nonce: str, created: str) -> str:
    """The X-WSSE header; `created` as 2026-11-26T08:00:00Z."""
    digest = base64.b64encode(hashlib.sha256((nonce + created + secret).encode()).digest()).decode()
    return f'UsernameToken Username="{key}",PasswordDigest="{digest}",Nonce="{nonce}",Created="{created}"'


class Huawei:
    def post(self, place: Place, letter: Letter, now: datetime, nonce: str) -> Post:
        created = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        form = {
            "from": place.setting("sender"),
            "to": letter.to,
            "templateId": letter.template_id,
            "templateParas": json.dumps(list(letter.params), ensure_ascii=False),
            "extend": letter.key,
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"',
            "X-WSSE": wsse(place.secret("app_key"), place.secret("app_secret"), nonce, created),
        }
        return Post(place.url.rstrip("/") + _PATH, urlencode(form).encode(), headers)

    def read(self, answer: httpx.Response) -> str:
        if answer.status_code >= 500 or answer.status_code == 429:
            accepted(answer)
        result = document(answer)
        code = str(result.get("code", ""))
        if code == "000000":
            (first,) = result.get("result") or [{}]
            return str(first.get("smsMsgId", ""))
        if not code:
            raise Wait("bad_answer", answer.text[:120])
        raise (Wait if code in _BUSY else NotSent)(code, str(result.get("description", ""))[:120])
