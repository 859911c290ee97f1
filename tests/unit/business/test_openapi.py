"""The API's document: its names are those of the browser's types."""

from collections import Counter
from collections.abc import Iterator

from ninja import Schema

from springline.business import openapi


def _below(schema: type[Schema]) -> Iterator[type[Schema]]:
    for child in schema.__subclasses__():
        if child.__module__.startswith("springline."):
            yield child
        yield from _below(child)


def test_no_two_shapes_share_a_name() -> None:
    """The document names shapes by class alone: a second one of a name would silently replace the first."""
    assert "OrderPreviewOut" in openapi.document()
    names = Counter(child.__name__ for child in set(_below(Schema)))
    assert [name for name, count in names.items() if count > 1] == []
