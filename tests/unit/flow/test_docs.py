"""The diagrams in the docs are those of the code."""

import pytest

from tools.diagrams import DIAGRAMS, drawn


@pytest.mark.parametrize("name", sorted(DIAGRAMS))
def test_up_to_date(name: str) -> None:
    page, text = drawn(name)
    assert page.read_text("utf-8") == text, "run: python -m tools.diagrams"
