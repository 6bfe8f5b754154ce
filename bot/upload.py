"""A call with files, as parts of one body: what is big goes piece by piece, and a file is read in a thread."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from typing import IO

from aiohttp import MultipartWriter, Payload
from aiohttp.abc import AbstractStreamWriter
from telegram._utils.types import FieldTuple

PIECE = 1 << 18  # bytes


class Part(Payload):
    """One file's content. A file that is open stays open, and stands then where it stood before."""

    _value: bytes | IO[bytes]
    _autoclose = True  # whoever opened a file closes it

    def __init__(
        self, content: bytes | IO[bytes], content_type: str, place: tuple[int, int], seconds: float | None
    ) -> None:
        """`place`: where the content begins and how long it is, in bytes. `seconds`: the most that a piece may take."""
        super().__init__(content, content_type=content_type)
        self._begin, self._size = place
        self._seconds = seconds

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Of what is in memory; TypeError for a file."""
        if not isinstance(self._value, bytes):
            raise TypeError("a file is not read at once")
        return self._value.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """TimeoutError when a piece is not taken in time."""
        async for piece in self._pieces():
            async with asyncio.timeout(self._seconds):
                await writer.write(piece)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:  # noqa: ARG002 - aiohttp's own name
        """Likewise: as long as was said before."""
        await self.write(writer)

    async def _pieces(self) -> AsyncIterator[bytes]:
        """As much as was said, though the file grew since."""
        end = self._begin + (self._size or 0)
        for at in range(self._begin, end, PIECE):
            size = min(PIECE, end - at)
            if isinstance(self._value, bytes):
                yield self._value[at : at + size]
            else:
                yield await asyncio.to_thread(_read, self._value, at, size)


async def upload(
    parameters: Mapping[str, str], files: Mapping[str, FieldTuple], seconds: float | None
) -> MultipartWriter:
    """A body of these parameters and files. `seconds`: the most that a piece of a file may take; None: no limit."""
    form = MultipartWriter("form-data")
    for name, value in parameters.items():
        form.append(value).set_content_disposition("form-data", quote_fields=False, name=name)
    for name, (file_name, given, content_type) in files.items():
        content, place = await _look_at(given)
        part = form.append_payload(Part(content, content_type, place, seconds))
        # Unquoted, else a name in another script than Latin would be shown in percent signs.
        part.set_content_disposition("form-data", quote_fields=False, name=name, filename=file_name)
    return form


async def _look_at(given: bytes | IO[bytes]) -> tuple[bytes | IO[bytes], tuple[int, int]]:
    """The content, and its place; what cannot be read again, such as a pipe, is read now."""
    if isinstance(given, bytes):
        return given, (0, len(given))
    if given.seekable():
        return given, await asyncio.to_thread(_measure, given)
    content = await asyncio.to_thread(given.read)
    return content, (0, len(content))


def _measure(file: IO[bytes]) -> tuple[int, int]:
    """What is behind its position."""
    begin = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(begin)
    return begin, end - begin


def _read(file: IO[bytes], at: int, size: int) -> bytes:
    """It stands then where it stood, for another try. EOFError where it became shorter: its length was said already."""
    stood = file.tell()
    file.seek(at)
    piece = file.read(size)
    file.seek(stood)
    if len(piece) < size:
        raise EOFError("a file became shorter while it was sent")
    return piece
