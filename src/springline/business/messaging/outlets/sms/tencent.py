"""Tencent Cloud SendSms (2021-01-11), signature TC3-HMAC-SHA256 ("签名方法 v3")."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from springline.business.messaging.outlets.base import Letter, NotSent, Place, Post, Wait, accepted, document

_JSON = "application/json; charset=utf-8"
_BUSY = ("LimitExceeded", "InternalError", "RequestLimitExceeded", "FailedOperation.InternalError")


def authorization(secret_id: str, secret: str, service: str, host: str, stamp: int, body: bytes) -> str:
    """The Authorization header of a JSON POST to "/"; `stamp` in s. content-type and host are signed."""
    date = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d")
    signed = "content-type;host"
    canonical = "\n".join(
        [
            "POST",
            "/",
            "",
            f"content-type:{_JSON}",
            f"host:{host}",
            "",
            signed,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{date}/{service}/tc3_request"
    text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{secret}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={signed}, Signature={signature}"


class Tencent:
    def post(self, place: Place, letter: Letter, now: datetime, nonce: str) -> Post:
        host, stamp = urlsplit(place.url).netloc, int(now.timestamp())
        body = json.dumps(
            {
                "PhoneNumberSet": [letter.to],
                "SmsSdkAppId": place.setting("app_id"),
                "SignName": letter.signature,
                "TemplateId": letter.template_id,
                "TemplateParamSet": list(letter.params),
                "SessionContext": letter.key,
            }
        ).encode()
        headers = {
            "Content-Type": _JSON,
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": place.setting("region", "ap-guangzhou"),
            "X-TC-Timestamp": str(stamp),
            "Authorization": authorization(
                place.secret("secret_id"), place.secret("secret_key"), "sms", host, stamp, body
            ),
        }
        return Post(place.url.rstrip("/") + "/", body, headers)

    def read(self, answer: httpx.Response) -> str:
        accepted(answer)
        result = document(answer).get("Response", {})
        if error := result.get("Error"):
            _refuse(str(error.get("Code")), str(error.get("Message")))
        (status,) = result.get("SendStatusSet") or [{}]
        if status.get("Code") != "Ok":
            _refuse(str(status.get("Code")), str(status.get("Message")))
        return str(status.get("SerialNo", ""))


def _refuse(code: str, detail: str) -> None:
    raise (Wait if code.startswith(_BUSY) else NotSent)(code, detail[:120])
