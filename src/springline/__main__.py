"""`python -m springline`."""

from springline.cli import app

app()
