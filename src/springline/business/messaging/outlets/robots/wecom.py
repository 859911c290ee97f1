"""企业微信 group robot: the key is part of the address."""

import json
from datetime import datetime

import httpx

from springline.business.messaging.outlets.base import Letter, NotSent, Place, Post, Wait, accepted, document

_BUSY = {45009, -1}  # too many messages; the platform is busy


class WeCom:
    def post(self, place: Place, letter: Letter, now: datetime, nonce: str) -> Post:
        body = {"msgtype": "text", "text": {"content": letter.text}}
        url = httpx.URL(place.url).copy_merge_params({"key": place.secret("key")})
        return Post(str(url), json.dumps(body).encode(), {"Content-Type": "application/json"})

    def read(self, answer: httpx.Response) -> str:
        accepted(answer)
        result = document(answer)
        code = result.get("errcode")
        if code == 0:
            return ""
        failure = Wait if code in _BUSY else NotSent
        raise failure(f"wecom_{code}", str(result.get("errmsg", ""))[:120])
