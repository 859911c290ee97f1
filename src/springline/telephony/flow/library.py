"""Flows that come with the program."""

from importlib import resources

DEFAULT = "main.v2"


def shipped(name: str = DEFAULT) -> str:
    """The text of a shipped flow. Raises FileNotFoundError."""
    folder = resources.files("springline.telephony.flow") / "shipped"
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")
