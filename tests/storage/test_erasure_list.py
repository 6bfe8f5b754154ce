"""The list of erasures is read whatever else stands in its file, and is sorted when it is written anew."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.database import DatabaseRefused
from storage.erasure_list import LIST, Entry, Erasable, ErasureList, is_damaged, name_entry, read_erased

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ROWS = st.binary(min_size=16, max_size=16)
ENTRIES = st.one_of(
    st.builds(Entry, st.sampled_from([Erasable.SIGNATURE, Erasable.RETIRED, Erasable.SUBSCRIBER]), ROWS),
    st.builds(name_entry, ROWS, st.binary(min_size=16, max_size=600)),
)
TORN = st.one_of(
    st.builds(lambda one, cut: f"{one.kind} {one.id.hex()} 2026-11-2"[:cut].encode(), ENTRIES, st.integers(0, 80)),
    st.builds(bytes, st.integers(0, 60)),
)


@given(parts=st.lists(st.tuples(st.lists(ENTRIES, min_size=1, max_size=3), TORN), max_size=5))
def test_no_torn_line_hides_an_entry(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[list[Entry], bytes]]
) -> None:
    with TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
        erased = ErasureList(Path(folder), lambda: NOW)
        erased.make()
        for entries, torn in parts:
            erased.make(entries)
            with (Path(folder) / LIST).open("ab") as file:
                file.write(torn)
        wanted = {entry: NOW.date() for entries, _ in parts for entry in entries}
        assert read_erased(Path(folder)) == wanted
        erased.prune(date(2026, 11, 24))
        assert read_erased(Path(folder)) == wanted
        lines = (Path(folder) / LIST).read_text().splitlines()
        assert lines == sorted(lines)
        assert len(lines) == len(wanted)
        erased.prune(date(2026, 11, 25))
        assert read_erased(Path(folder)) == {}


def test_before_the_first_backup_there_is_no_list(tmp_path: Path) -> None:
    assert read_erased(tmp_path) is None
    ErasureList(tmp_path / "backups", lambda: NOW).prune(NOW.date())
    assert not (tmp_path / "backups").exists()


@given(entry=ENTRIES, cut=st.integers(0, 80), lost=st.integers(0, 9))
def test_a_line_torn_by_a_power_cut_is_no_damage(
    tmp_path_factory: pytest.TempPathFactory, entry: Entry, cut: int, lost: int
) -> None:
    with TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
        ErasureList(Path(folder), lambda: NOW).make([entry])
        assert not is_damaged(Path(folder))
        whole = (Path(folder) / LIST).read_bytes()
        (Path(folder) / LIST).write_bytes(whole[:cut] + b"\0" * lost + whole)
        assert not is_damaged(Path(folder))


DAMAGED = (
    b"Xignature", b" signature", b"garbage", b"SIGNATURE", "signature".encode("utf-16"), b"name", b"signature 0",
)  # fmt: skip


@pytest.mark.parametrize("damaged", DAMAGED)
def test_what_no_power_cut_leaves_is_damage(tmp_path: Path, damaged: bytes) -> None:
    assert not is_damaged(tmp_path)
    ErasureList(tmp_path, lambda: NOW).make([Entry(Erasable.SIGNATURE, bytes(16))])
    (tmp_path / LIST).write_bytes((tmp_path / LIST).read_bytes().replace(b"signature", damaged))
    assert is_damaged(tmp_path)


def test_a_list_that_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / LIST).mkdir()
    for look in (read_erased, is_damaged):
        with pytest.raises(DatabaseRefused, match="cannot be read"):
            look(tmp_path)


def test_what_is_damaged_stays_so_when_the_list_is_written_anew(tmp_path: Path) -> None:
    erased = ErasureList(tmp_path, lambda: NOW)
    erased.make([Entry(Erasable.SIGNATURE, bytes(16))])
    with (tmp_path / LIST).open("a") as file:
        file.write("Signature 00ff\n")
    erased.make([Entry(Erasable.RETIRED, bytes(16))])
    erased.prune(date(2026, 11, 24))
    assert is_damaged(tmp_path)
    assert len(read_erased(tmp_path) or {}) == 2
