"""JSON encoding of contracts; the `type` field names the class of a union's member."""

from typing import TypeVar

import msgspec

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_decoders: dict[object, msgspec.json.Decoder[object]] = {}


class BadMessage(ValueError):
    """Bytes that are not the expected message; the text names the offending field."""


def encode(message: object) -> bytes:
    return _encoder.encode(message)


def decode(data: bytes, kind: type[T]) -> T:
    """Decode `data` as `kind`, a Struct or a union of Structs.

    Raises BadMessage when the bytes are no JSON, lack a field or carry an unknown one.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        return decoder.decode(data)  # type: ignore[return-value]
    except msgspec.MsgspecError as error:
        raise BadMessage(str(error)) from error
