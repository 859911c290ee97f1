"""Requests of a SIP phone, with the digest that it would make."""

import hashlib


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def digest(username: str, password: str, method: str, realm: str = "springline", nonce: str = "n1") -> str:
    uri, nc, cnonce = "sip:springline", "00000001", "c1"
    ha1, ha2 = md5(f"{username}:{realm}:{password}"), md5(f"{method}:{uri}")
    response = md5(f"{ha1}:{nonce}:{nc}:{cnonce}:auth:{ha2}")
    return (
        f'Digest algorithm=MD5, username="{username}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
        f'response="{response}", qop=auth, cnonce="{cnonce}", nc={nc}'
    )


def register(username: str, authorization: str = "", cseq: int = 1, call: str = "one") -> str:
    lines = [
        "REGISTER sip:springline SIP/2.0",
        f"Via: SIP/2.0/WS y.invalid;branch=z9hG4bK{call}{cseq}",
        "Max-Forwards: 69",
        f"To: <sip:{username}@springline>",
        f"From: <sip:{username}@springline>;tag=a",
        f"Call-ID: {call}-{username}",
        f"CSeq: {cseq} REGISTER",
        "Contact: <sip:x@y.invalid;transport=ws>;expires=60",
    ]
    if authorization:
        lines.append(f"Authorization: {authorization}")
    return "\r\n".join([*lines, "Content-Length: 0", "", ""])
