"""JSON encoding of contracts; the `type` field names the class of a union's member."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_decoders: dict[object, msgspec.json.Decoder[Any]] = {}


class BadMessage(ValueError):
    """Bytes that are not the expected message; the text names the offending field."""


def encode(message: object) -> bytes:
    return _encoder.encode(message)


def decode(data: bytes, kind: type[T]) -> T:
    """Decode `data` as the Struct `kind`; for a union of Structs see `decode_any`.

    Raises BadMessage when the bytes are no JSON, lack a field or carry an unknown one.
    """
    found: T = decode_any(data, kind)
    return found


def decode_any(data: bytes, kind: Any) -> Any:
    """Like `decode`, where `kind` may also be a union such as AnyEvent; the caller states the type."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise BadMessage(str(error)) from error
