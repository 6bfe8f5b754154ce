"""Ann has everything erased after a backup was made. The server is lost, the backup restored: she is not in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import make_url

from sandbox.server import LocalTelegram
from tests.end_to_end.rows import run
from tests.end_to_end.test_bohdan_signs import sign
from tests.people import Person
from tests.process import BotProcess, Command, running


async def told_by(bot: BotProcess, *arguments: str) -> str:
    """What a command says that ends well."""
    out = bot.folder / "told"
    out.write_bytes(b"")
    command = Command(*arguments, environment=bot.environment, out=out)
    assert await command.ended() == 0, out.read_text()
    return out.read_text()


async def test_backed_up_forgotten_killed_and_restored(
    telegram: LocalTelegram, tmp_path: Path, new_database: str
) -> None:
    ann, bohdan, chandra = (Person(telegram, f"{name} Example") for name in ("Ann", "Bohdan", "Chandra"))
    async with running(telegram, tmp_path, BOT_DATABASE_URL=new_database) as bot:
        for person in (ann, bohdan, chandra):
            await sign(person, "Show my name")
            await person.press("Send me news")
            await person.expect("You will get news here")
        backup = Path((await told_by(bot, "backup")).strip())
        await chandra.send("/unsubscribe")
        await chandra.expect("You get no news from here")
        await ann.send("/forget")
        assert (await (await ann.press("Yes, erase everything")).answered()).alert
        await bot.kill()
        await lose(new_database)
        told = await told_by(bot, "restore", "--key", str(tmp_path / "offline" / "organisers.key"), str(backup))
        assert "Signatures: 2, subscribers: 1." in told
        assert "made again: 3." in told
        await bot.start()
        for person, number in ((bohdan, 68), (chandra, 69)):
            await person.send("/mysignature")
            await person.expect(f"You have signed: No. {number}")
        await ann.send("/mysignature")
        await ann.expect("There is no signature of yours here")
        await sign(ann)
        await ann.send("/start")
        await ann.expect("69 people have signed")
        assert await bot.stop() == 0


async def lose(database: str) -> None:
    """Nothing of it is there any more."""
    url = make_url(database)
    if url.get_backend_name() == "postgresql":
        await run(database, "DROP SCHEMA public CASCADE")
        await run(database, "CREATE SCHEMA public")
        return
    file = Path(url.database or "")
    for part in await asyncio.to_thread(lambda: list(file.parent.glob(f"{file.name}*"))):
        part.unlink()
