"""Starts the distribution's Chromium with a microphone that is a steady tone."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
from playwright.async_api import Browser, async_playwright

from tests.support.desk_house import BROWSER_HZ

_RATE = 48000
_SECONDS = 10


@asynccontextmanager
async def launched(program: Path, microphone: Path) -> AsyncIterator[Browser]:
    """`microphone` is a WAV file that sounds again and again."""
    async with async_playwright() as playwright:
        yield await playwright.chromium.launch(
            executable_path=program,
            args=[
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )


def write_tone(path: Path) -> None:
    """A sine of BROWSER_HZ that ends on a whole number of cycles."""
    samples = np.int16(12000 * np.sin(2 * np.pi * BROWSER_HZ * np.arange(_SECONDS * _RATE) / _RATE))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())
