"""Any other gateway that takes JSON and a bearer token; {"id"} or nothing comes back."""

import json
from datetime import datetime

import httpx

from springline.business.messaging.outlets.base import Letter, Place, Post, accepted


class HttpGateway:
    def post(self, place: Place, letter: Letter, now: datetime, nonce: str) -> Post:
        content = {
            "to": letter.to,
            "text": letter.text,
            "template": letter.template_id,
            "params": list(letter.params),
            "key": letter.key,
        }
        headers = {"Content-Type": "application/json", "Idempotency-Key": letter.key}
        if token := place.secrets.get("token"):
            headers["Authorization"] = f"Bearer {token}"
        return Post(place.url, json.dumps(content, ensure_ascii=False).encode(), headers)

    def read(self, answer: httpx.Response) -> str:
        accepted(answer)
        try:
            return str(answer.json().get("id", ""))
        except (ValueError, AttributeError):
            return ""
