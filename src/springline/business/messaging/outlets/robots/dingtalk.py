"""钉钉 group robot with 加签: base64(HMAC-SHA256(secret, "timestamp\\nsecret")), timestamp in ms."""

import base64
import hashlib
import hmac
import json
from datetime import datetime

import httpx

from springline.business.messaging.outlets.base import Letter, NotSent, Place, Post, Wait, accepted, document

_BUSY = {-1, 130101, 410100}  # busy; too many messages: the robot is muted for ten minutes
_MUTED_SECONDS = 600.0


def signature(secret: str, milliseconds: int) -> str:
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


class DingTalk:
    def post(self, place: Place, letter: Letter, now: datetime, nonce: str) -> Post:
        body = {"msgtype": "text", "text": {"content": letter.text}}
        params = {"access_token": place.secret("access_token")}
        if secret := place.secrets.get("secret"):
            stamp = int(now.timestamp() * 1000)
            params |= {"timestamp": str(stamp), "sign": signature(secret, stamp)}
        url = httpx.URL(place.url).copy_merge_params(params)
        return Post(str(url), json.dumps(body).encode(), {"Content-Type": "application/json"})

    def read(self, answer: httpx.Response) -> str:
        accepted(answer)
        result = document(answer)
        code, detail = result.get("errcode"), str(result.get("errmsg", ""))[:120]
        if code == 0:
            return ""
        if code in _BUSY:
            raise Wait(f"dingtalk_{code}", detail, None if code == -1 else _MUTED_SECONDS)
        raise NotSent(f"dingtalk_{code}", detail)
