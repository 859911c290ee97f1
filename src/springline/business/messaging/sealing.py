"""Secrets of outlets, encrypted with a key that never leaves the home."""

import base64
import json

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(values: dict[str, str]) -> str:
    return _fernet().encrypt(json.dumps(values).encode()).decode() if values else ""


def unseal(text: str) -> dict[str, str]:
    """Empty when nothing was sealed, or with another home's key: then they must be typed again."""
    if not text:
        return {}
    try:
        values: dict[str, str] = json.loads(_fernet().decrypt(text.encode()))
    except InvalidToken:
        return {}
    return values


def _fernet() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"springline outlets")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
