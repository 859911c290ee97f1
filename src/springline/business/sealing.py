"""Secrets that must be read back, encrypted in the database with a key that never leaves the home."""

import base64
import json

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(values: dict[str, str], purpose: str) -> str:
    """`purpose` makes keys of its own: what was sealed for one thing opens for no other."""
    return _fernet(purpose).encrypt(json.dumps(values).encode()).decode() if values else ""


def unseal(text: str, purpose: str) -> dict[str, str]:
    """Empty when nothing was sealed, or with another home's key: then they must be typed again."""
    if not text:
        return {}
    try:
        values: dict[str, str] = json.loads(_fernet(purpose).decrypt(text.encode()))
    except InvalidToken:
        return {}
    return values


def _fernet(purpose: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=f"springline {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
