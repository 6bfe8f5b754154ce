"""The operator's commands on what is kept: each ends with what it did, or with one line."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from pathlib import Path
from unittest.mock import Mock

import pytest

from bot.command_line import BROKEN_OFF, main
from bot.keeping import tend, unseal
from bot.settings import Settings, load_place, load_settings
from petition.content import load_petition
from storage import rotation
from storage.backup_file import BackupWriter
from storage.backups import write_backup
from storage.cipher import Cipher, Keys, make_keys
from storage.database import DatabaseRefused
from storage.drafts import Kind
from storage.identity import PetitionIdentity
from storage.signer_tags import TagCost
from storage.store import Store
from tests.storage.people import sign, tag_of

Bot = Callable[..., tuple[int, str, str]]
Work = Callable[[Store], Coroutine[object, object, object]]


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keys, and a folder of its own; no token: none of these commands needs one."""
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(f"BOT_{field.upper()}", raising=False)
    make_keys(tmp_path / "keys", tmp_path / "offline")


@pytest.fixture
def bot(capsys: pytest.CaptureFixture[str]) -> Bot:
    """Runs a command in this process."""

    def bot(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        told = capsys.readouterr()
        return code, told.out, told.err

    return bot


async def with_store(work: Work) -> object:
    place = load_place()
    petition = load_petition(place.petition)
    store = await Store.open(
        place.database(), folder=place.data, keys=Keys.load(place.keys),
        petition=PetitionIdentity(petition.slug, len(petition.first_signatories)), tag_cost=TagCost(8, 1),
    )  # fmt: skip
    try:
        return await work(store)
    finally:
        await store.close()


async def three_sign(store: Store) -> None:
    await sign(store, 1, name="Ann Example")
    await sign(store, 2, name="Богдан Example")
    await sign(store, 3, name="Chandra Example", kind=Kind.SHOWN)


async def withdraw_first(store: Store) -> None:
    assert await store.signatures.withdraw(1, await tag_of(store, 1), 67)


def test_backup_restore_and_unseal(bot: Bot) -> None:
    asyncio.run(with_store(three_sign))
    code, out, err = bot("backup")
    assert (code, err) == (0, "")
    path = Path(out.strip())
    assert path.parent == Path("data/backups")
    names = "number,name,country,day\n67,Ann Example,PL,{day}\n68,Богдан Example,PL,{day}\n".format(
        day=f"{datetime.now(UTC):%Y-%m-%d}"
    )
    key = ("--key", "offline/organisers.key")
    assert bot("unseal", *key) == (0, names, "Private names written: 2.\n")
    assert bot("unseal", *key, str(path)) == (0, names, "Private names written: 2.\n")
    asyncio.run(with_store(withdraw_first))
    code, out, _ = bot("unseal", *key, str(path))
    assert "Ann" not in out
    code, _, err = bot("restore", *key, str(path))
    assert (code, err.count("\n")) == (2, 1)
    assert "There is a database already" in err
    for file in Path("data").glob("undersigned.sqlite*"):
        file.unlink()
    with pytest.raises(DatabaseRefused, match="tells that there was one"):
        asyncio.run(with_store(three_sign))
    assert not list(Path("data").glob("undersigned.sqlite*"))
    code, out, _ = bot("restore", *key, str(path))
    assert (code, out.splitlines()) == (
        0, ["Restored. Signatures: 2, subscribers: 0.", "Erasures since the backup, made again: 1."]
    )  # fmt: skip
    assert asyncio.run(with_store(lambda store: store.signatures.count())) == 2


def test_a_database_that_does_not_answer_is_told(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    for command in (("backup",), ("rotate-keys",), ("close",)):
        code, _, err = bot(*command)
        assert (code, err.count("\n")) == (2, 1)
        assert re.match(r"The database cannot be [a-z ]+ \(ConnectionRefusedError\)\. ?", err)


def test_a_disk_that_takes_no_backup_is_told(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(with_store(three_sign))
    monkeypatch.setattr(BackupWriter, "finish", Mock(side_effect=OSError(ENOSPC, "No space left on device")))
    code, _, err = bot("backup")
    assert (code, err.count("\n")) == (2, 1)
    assert "(No space left on device). Make room" in err


def test_without_a_list_of_erasures_nothing_is_restored_unasked(bot: Bot, tmp_path: Path) -> None:
    asyncio.run(with_store(three_sign))
    path = Path(bot("backup")[1].strip())
    carried = path.rename(tmp_path / "carried.backup")
    for file in (*Path("data").glob("undersigned.sqlite*"), Path("data/backups/erased")):
        file.unlink()
    restoring = ("restore", "--key", "offline/organisers.key", str(carried))
    code, _, err = bot(*restoring)
    assert (code, err.count("\n")) == (2, 1)
    assert "--without-erasures" in err
    assert "may have withdrawn since" in bot("unseal", "--key", "offline/organisers.key", str(carried))[2]
    assert bot(*restoring, "--without-erasures")[0] == 0


def test_a_damaged_list_of_erasures_is_not_taken_for_a_whole_one(bot: Bot) -> None:
    asyncio.run(with_store(three_sign))
    path = Path(bot("backup")[1].strip())
    asyncio.run(with_store(withdraw_first))
    erased = path.parent / "erased"
    erased.write_text(erased.read_text().replace("signature", "Signature"))
    for file in Path("data").glob("undersigned.sqlite*"):
        file.unlink()
    key = ("--key", "offline/organisers.key")
    code, _, err = bot("restore", *key, str(path))
    assert (code, err.count("\n")) == (2, 1)
    assert "erased is damaged" in err
    assert "may have withdrawn since" in bot("unseal", *key, str(path))[2]
    assert bot("restore", *key, str(path), "--without-erasures")[0] == 0


def test_who_breaks_a_command_off_has_no_success(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.command_line.back_up", Mock(side_effect=KeyboardInterrupt))
    code, _, err = bot("backup")
    assert (code, err) == (2, f"{BROKEN_OFF}\n")


def test_of_an_old_backup_the_list_need_not_tell_all(bot: Bot) -> None:
    asyncio.run(with_store(three_sign))
    week_ago = datetime.now(UTC) - timedelta(days=7, seconds=1)
    place = load_place()
    path = asyncio.run(write_backup(place.database(), Path("carried"), Keys.load(place.keys), lambda: week_ago))
    for file in Path("data").glob("undersigned.sqlite*"):
        file.unlink()
    restoring = ("restore", "--key", "offline/organisers.key", str(path))
    code, _, err = bot(*restoring)
    assert (code, err.count("\n")) == (2, 1)
    assert "no longer tells all since then" in err
    assert bot(*restoring, "--without-erasures")[0] == 0


def test_rotate_keys_and_what_was_encrypted_before(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(with_store(three_sign))
    old = Path("keys/field.key").read_text()
    path = bot("backup")[1].strip()
    with monkeypatch.context() as patch:
        patch.setattr(rotation.Rotation, "_finish", lambda *_: 1 / 0)
        assert bot("rotate-keys")[0] == 2
    monkeypatch.setenv("BOT_TOKEN", "1:x")
    code, _, err = bot("run")
    assert code == 2
    assert err.endswith("Finish it: python -m bot rotate-keys\n")
    code, out, err = bot("rotate-keys")
    assert (code, err) == (0, "")
    [older] = Path("keys").glob("field.key.*")
    assert str(older) in out
    assert older.read_text() == old != Path("keys/field.key").read_text()
    for file in Path("data").glob("undersigned.sqlite*"):
        assert Cipher(Keys.load(Path("keys"))).key_id in file.read_bytes()
        file.unlink()
    assert bot("restore", "--key", "offline/organisers.key", path)[0] == 0
    shown = asyncio.run(with_store(lambda store: store.signatures.shown_after(0, 9)))
    assert [one.name for one in shown] == ["Chandra Example"]  # type: ignore[attr-defined] # a list of signatures


@pytest.mark.parametrize(
    "arguments",
    [("backup",), ("rotate-keys",), ("unseal", "--key", "offline/organisers.key"),
     ("restore", "--key", "offline/organisers.key", "nowhere"), ("unseal", "--key", "nowhere")],
    ids=" ".join,
)  # fmt: skip
def test_where_there_is_nothing_nothing_is_made(bot: Bot, arguments: tuple[str, ...]) -> None:
    code, out, err = bot(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert not Path("data").exists()
    assert sorted(path.name for path in Path("keys").iterdir()) == ["field.key", "organisers.pub", "pepper.key"]


def test_a_wrong_key_opens_nothing(bot: Bot) -> None:
    asyncio.run(with_store(three_sign))
    make_keys(Path("other"))
    code, out, err = bot("unseal", "--key", "other/organisers.key")
    assert (code, out, err.count("\n")) == (2, "", 1)
    _, out, _ = bot("check", "--open-with", "other/organisers.key")
    assert "BOT_TOKEN is missing" in out


@pytest.mark.parametrize("folder", ["offline", "other"])
def test_the_key_drill(bot: Bot, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    make_keys(Path("other"))
    monkeypatch.setenv("BOT_TOKEN", "1:x")
    monkeypatch.setenv("BOT_API_URL", "http://127.0.0.1:1")
    _, out, _ = bot("check", "--open-with", f"{folder}/organisers.key")
    line = next(line for line in out.splitlines() if line.startswith("offline key"))
    if folder == "offline":
        assert line.endswith("ok    offline/organisers.key: opens a sealed name")
    else:
        assert "WRONG  other/organisers.key does not open what is sealed to keys/organisers.pub" in line


def test_unseal_touches_nothing_beside_the_running_bot() -> None:
    def files() -> dict[Path, bytes]:
        """All but the readers' marks, which every reader sets."""
        return {path: path.read_bytes() for path in Path("data").iterdir() if not path.name.endswith("-shm")}

    async def work(store: Store) -> None:
        await three_sign(store)
        before = files()
        assert (await unseal(load_place(), Path("offline/organisers.key"), None, io.StringIO())).written == 2
        assert files() == before

    asyncio.run(with_store(work))


def test_one_backup_a_night_and_none_older_than_a_week() -> None:
    settings = load_settings(token="1:x", nightly_backup=True)
    now = datetime(2026, 11, 23, 2, 50, tzinfo=UTC)

    async def nights(store: Store) -> None:
        nonlocal now
        object.__setattr__(store, "clock", lambda: now)
        for _ in range(24 * 6 * 9 + 6):
            now += timedelta(minutes=10)
            if now.hour in (2, 3):
                await tend(settings, store)

    asyncio.run(with_store(nights))
    made = sorted(path.name for path in Path("data/backups").glob("*.backup"))
    days = ("1126", "1127", "1128", "1129", "1130", "1201", "1202")
    assert made == [f"2026{day}T030000Z.backup" for day in days]
