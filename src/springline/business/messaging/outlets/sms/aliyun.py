"""Aliyun SendSms (Dysmsapi 2017-05-25), signature ACS3-HMAC-SHA256 ("V3 版本请求体&签名机制")."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import httpx

from springline.business.messaging.outlets.base import Letter, NotSent, Place, Post, Wait, document

_VERSION = "2017-05-25"
_BUSY = ("isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "isp.RAM_PERMISSION_DENY", "Throttling")


def authorization(
    key_id: str, secret: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> str:
    """The Authorization header of a POST to "/". `headers`: host and x-acs-*, in lower case."""
    signed = sorted(headers)
    canonical = "\n".join(
        [
            "POST",
            "/",
            canonical_query(query),
            *(f"{name}:{headers[name].strip()}" for name in signed),
            "",
            ";".join(signed),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={';'.join(signed)},Signature={signature}"


def canonical_query(query: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


class Aliyun:
    def post(self, place: Place, letter: Letter, now: datetime, nonce: str) -> Post:
        body = b""
        params = {str(number): value for number, value in enumerate(letter.params, 1)}
        query = {
            "PhoneNumbers": letter.to.removeprefix("+86"),
            "SignName": letter.signature,
            "TemplateCode": letter.template_id,
            "TemplateParam": json.dumps(params, ensure_ascii=False),
            "OutId": letter.key,
        }
        headers = {
            "host": urlsplit(place.url).netloc,
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": nonce,
            "x-acs-version": _VERSION,
        }
        signed = authorization(
            place.secret("access_key_id"), place.secret("access_key_secret"), query, headers, body
        )
        return Post(
            f"{place.url.rstrip('/')}/?{canonical_query(query)}", body, {**headers, "Authorization": signed}
        )

    def read(self, answer: httpx.Response) -> str:
        # Aliyun answers refusals with 4xx and a JSON body that says more than the status.
        result = document(answer)
        code = str(result.get("Code", ""))
        if code == "OK":
            return str(result.get("BizId", ""))
        later = answer.status_code >= 500 or code.startswith(_BUSY)
        raise (Wait if later else NotSent)(
            code or f"http_{answer.status_code}", str(result.get("Message"))[:120]
        )
