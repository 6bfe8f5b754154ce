"""Files that go along with a call: several, open ones, big ones, and when they do not get there."""

from __future__ import annotations

import asyncio
import io
import os
import re
import threading
from pathlib import Path

import pytest
from telegram import InputFile, InputMediaDocument, InputMediaPhoto
from telegram.error import NetworkError, TimedOut
from telegram.ext import ExtBot
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.rate_limiter import Urgency
from bot.request import AiohttpRequest, CouldNotConnect
from bot.upload import PIECE
from sandbox.server import LocalTelegram

BIG = os.urandom(PIECE) * 20 + b"its end"


def kept(telegram: LocalTelegram) -> list[tuple[str, bytes]]:
    """Names and contents, in the order in which they came."""
    return list(telegram.world.files.values())


async def test_several_go_in_one_call(bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int) -> None:
    sent = await bot.send_media_group(
        chat, [InputMediaPhoto(b"one", caption="<b>two</b>", parse_mode="HTML"), InputMediaPhoto(b"three")]
    )
    assert [content for _, content in kept(telegram)] == [b"one", b"three"]
    assert [message.caption for message in sent] == ["two", None]
    assert len(telegram.sent(chat)) == 1


async def test_one_that_is_known_goes_beside_one_that_is_new(
    bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int
) -> None:
    known = (await bot.send_document(chat, b"known", filename="a.txt")).document
    assert known is not None
    await bot.send_media_group(chat, [InputMediaDocument(known.file_id), InputMediaDocument(b"new", filename="b.txt")])
    assert kept(telegram) == [("a.txt", b"known"), ("b.txt", b"new")]


@pytest.mark.parametrize("name", ["Підписи.csv", 'a "list".csv', "a\\b;c=d.csv", "list 100%.csv"])
async def test_a_name_arrives_as_it_is(bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int, name: str) -> None:
    await bot.send_document(chat, b"x", filename=name)
    assert kept(telegram) == [(name, b"x")]


@pytest.mark.parametrize("content", [b"", b"x", BIG[: PIECE - 1], BIG[:PIECE], BIG[: PIECE + 1], BIG])
@pytest.mark.parametrize("opened", [True, False])
async def test_all_of_it_arrives(
    bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int, tmp_path: Path, content: bytes, opened: bool
) -> None:
    path = tmp_path / "list.bin"
    path.write_bytes(content)
    with path.open("rb") as file:
        given = InputFile(file, read_file_handle=False) if opened else content
        await bot.send_document(chat, given, filename="list.bin")
        assert not file.closed, "whoever opened it closes it"
    assert kept(telegram) == [("list.bin", content)]


async def test_a_file_is_sent_from_where_it_stands_and_whole_again_after_a_refusal(
    bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int
) -> None:
    telegram.faults.flood(1, times=1, method="sendDocument")
    file = io.BytesIO(BIG)
    file.seek(100)
    await bot.send_document(chat, InputFile(file, filename="list.bin", read_file_handle=False))
    assert kept(telegram)[-1] == ("list.bin", BIG[100:])
    assert [call.ok for call in telegram.calls if call.method == "sendDocument"] == [False, True]


async def test_a_pipe_is_sent(bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"through a pipe")
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        await bot.send_document(chat, InputFile(pipe, filename="list.txt", read_file_handle=False))
    assert kept(telegram) == [("list.txt", b"through a pipe")]


async def test_files_are_read_outside_of_the_loops_thread(
    bot: ExtBot[Urgency], telegram: LocalTelegram, chat: int
) -> None:
    threads: set[int] = set()

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            threads.add(threading.get_ident())
            return super().read(size)

    await bot.send_document(chat, InputFile(Watched(BIG), filename="list.bin", read_file_handle=False))
    assert kept(telegram) == [("list.bin", BIG)]
    assert threads
    assert threading.get_ident() not in threads


async def test_a_file_that_becomes_shorter_is_not_sent() -> None:
    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            self.truncate(PIECE + 1)
            return super().read(size)

    async def take_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set_result(await reader.read())
        writer.close()

    came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(take_all, "127.0.0.1", 0, limit=1 << 20)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    file = InputFile(Shrinking(BIG), filename="list.bin", read_file_handle=False)
    document = RequestParameter.from_input("document", file)
    async with server, AiohttpRequest(url) as request:
        with pytest.raises(NetworkError) as failed:
            await request.post(f"{url}/sendDocument", RequestData([document]))
        body = await came
    assert not isinstance(failed.value, CouldNotConnect | TimedOut)
    length = re.search(rb"Content-Length: (\d+)\r\n", body)
    assert length is not None
    assert len(body) < int(length[1]), "whoever got it knows that it is not whole"


async def test_a_piece_that_is_not_taken_in_time_ends_it() -> None:
    async def take_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await ended.wait()
        writer.close()

    ended = asyncio.Event()
    server = await asyncio.start_server(take_nothing, "127.0.0.1", 0, limit=1024)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    document = RequestParameter.from_input("document", InputFile(BIG * 4, filename="list.bin"))
    async with server, AiohttpRequest(url) as request:
        with pytest.raises(TimedOut):
            await request.post(f"{url}/sendDocument", RequestData([document]), write_timeout=0.1, read_timeout=None)
        with pytest.raises(TimedOut):  # what is small leaves at once: only the answer is waited for
            await request.post(f"{url}/sendMessage", write_timeout=None, read_timeout=0.1)
        ended.set()
