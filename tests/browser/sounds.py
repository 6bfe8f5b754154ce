"""A sound that every browser plays."""

from __future__ import annotations

import io
import math
import struct
import wave

RATE = 8_000


def tone(seconds: float) -> bytes:
    """A quiet tone, as the bytes of a WAV file."""
    into = io.BytesIO()
    with wave.open(into, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(
            b"".join(struct.pack("<h", round(900 * math.sin(at / 8))) for at in range(round(RATE * seconds)))
        )
    return into.getvalue()
