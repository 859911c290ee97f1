"""SIP digests on their way through the proxy: proved with a ticket, passed on with the engine's secret.

A digest that is not ours to prove is refused here. What this reading of SIP misses reaches the engine as it
is and proves nothing there, for no browser knows the engine's secret.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s",]+))')
_RESPONSE = re.compile(r'(\bresponse\s*=\s*"?)[0-9a-fA-F]+', re.IGNORECASE)
_PROOFS = ("authorization", "proxy-authorization")
_ECHOED = ("via", "v", "from", "f", "to", "t", "call-id", "i", "cseq")


@dataclass(frozen=True)
class Proof:
    """One digest of one request (RFC 7616, qop auth)."""

    method: str
    line: int
    given: Mapping[str, str]

    def made_with(self, password: str) -> bool:
        return secrets.compare_digest(self.answer(password), self.given.get("response", "").lower().encode())

    def answer(self, password: str) -> bytes:
        of = self.given
        ha1 = _md5(f"{of.get('username')}:{of.get('realm')}:{password}")
        ha2 = _md5(f"{self.method}:{of.get('uri')}")
        rest = (of.get("nonce"), of.get("nc"), of.get("cnonce"), of.get("qop"), ha2)
        return _md5(":".join([ha1, *map(str, rest)])).encode()


def proofs_of(message: str) -> list[Proof]:
    """The digests that a request carries; one as a rule, none in an answer."""
    lines = _head(message)
    method, _, rest = lines[0].partition(" ")
    if not rest.endswith("SIP/2.0"):
        return []
    return [
        Proof(
            method, number, {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(line)}
        )
        for number, line in enumerate(lines)
        if _name(line) in _PROOFS
    ]


def proved(proof: Proof, username: str, passwords: Iterable[str]) -> str | None:
    """Which of the passwords the digest of `username` was made with."""
    of = proof.given
    if (
        of.get("username") != username
        or of.get("qop") != "auth"
        or of.get("algorithm", "MD5").upper() != "MD5"
    ):
        return None
    return next((password for password in passwords if proof.made_with(password)), None)


def passed_on(message: str, proof: Proof, secret: str) -> str:
    """The message with the digest made with `secret` instead; it keeps its length."""
    lines = message.split("\r\n")
    answer = proof.answer(secret).decode()
    lines[proof.line] = _RESPONSE.sub(lambda found: found[1] + answer, lines[proof.line], count=1)
    return "\r\n".join(lines)


def forbidden(message: str) -> str:
    """403 to a request."""
    echoed = [line for line in _head(message)[1:] if _name(line) in _ECHOED]
    tagged = [
        f"{line};tag={secrets.token_hex(8)}" if _name(line) in ("to", "t") and ";tag=" not in line else line
        for line in echoed
    ]
    return "\r\n".join(["SIP/2.0 403 Forbidden", *tagged, "Content-Length: 0", "", ""])


def _head(message: str) -> list[str]:
    return message.partition("\r\n\r\n")[0].split("\r\n")


def _name(line: str) -> str:
    return line.partition(":")[0].strip().lower()


def _md5(text: str) -> str:
    # SIP phones and the engine speak MD5; what is hashed has 192 random bits or more.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
