"""A backup opens whole, with the organisers' key, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import backup_file
from storage.backup_file import About, BackupReader, BackupRefused, BackupWriter
from tests.storage.test_cipher import PRIVATE_KEY, PUBLIC_KEY

ABOUT = About("test-petition", datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
SECRET = b"s" * 32
CHUNK, SEALED = 64, 80  # bytes, so that few make many


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup_file, "CHUNK", CHUNK)
        patch.setattr(backup_file, "SEALED_CHUNK", SEALED)
        yield


def written(*pieces: bytes, about: About = ABOUT) -> bytes:
    file = BytesIO()
    writer = BackupWriter(file, about, public=PUBLIC_KEY, secret=SECRET)
    for piece in pieces:
        writer.write(piece)
    writer.finish()
    return file.getvalue()


def opened(content: bytes, private: bytes = PRIVATE_KEY) -> bytes:
    return b"".join(BackupReader(BytesIO(content), private).body())


@given(st.lists(st.binary(max_size=3 * CHUNK), max_size=4))
def test_what_is_written_is_read(pieces: list[bytes]) -> None:
    content = written(*pieces)
    reader = BackupReader(BytesIO(content), PRIVATE_KEY)
    assert reader.about == ABOUT
    assert reader.is_made_under(SECRET)
    assert not reader.is_made_under(b"t" * 32)
    assert b"".join(reader.body()) == b"".join(pieces)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 1])
def test_cut_anywhere_it_is_refused(length: int) -> None:
    whole = written(b"x" * length)
    for end in range(len(whole)):
        with pytest.raises(BackupRefused):
            opened(whole[:end])
    with pytest.raises(BackupRefused):
        opened(whole + b"x")


@given(st.data())
def test_a_changed_bit_is_refused(data: st.DataObject) -> None:
    content = bytearray(written(b"y" * 200))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BackupRefused):
        opened(bytes(content))


def test_chunks_do_not_move_and_files_do_not_join() -> None:
    one, other = written(b"1" * 3 * CHUNK), written(b"2" * 3 * CHUNK)
    size = SEALED
    head, chunks = one[: -3 * size], [one[-3 * size :][place : place + size] for place in range(0, 3 * size, size)]
    foreign = other[-2 * size : -size]
    assert opened(head + b"".join(chunks)) == b"1" * 3 * CHUNK
    for order in ([1, 0, 2], [0, 0, 2], [0, 2], [1, 2], [0, 2, 1], [0, 1, 2, 2]):
        with pytest.raises(BackupRefused):
            opened(head + b"".join(chunks[place] for place in order))
    with pytest.raises(BackupRefused):
        opened(head + chunks[0] + foreign + chunks[2])
    with pytest.raises(BackupRefused):
        opened(one + other)


def test_another_key_or_petition_does_not_open_it() -> None:
    content = written(b"x")
    with pytest.raises(BackupRefused, match="does not open"):
        opened(content, b"k" * 32)
    with pytest.raises(BackupRefused, match="does not open"):
        opened(content.replace(b"test-petition", b"best-petition"))


def test_every_backup_has_a_key_of_its_own() -> None:
    assert written(b"same") != written(b"same")
