"""The command line. It ends with exit code 0, or with 2 and one clear line on standard error."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from bot import standing
from bot.application import run
from bot.check import KNOWN_REFUSALS, check, table
from bot.client import StartRefused
from bot.keeping import KeepingRefused, back_up, restore_backup, rotate_keys, unseal
from bot.key_watch import KeysGone
from bot.lockdown import NotConfirmed, lockdown
from bot.logs import describe, log_lost_fault, set_up_logs
from bot.loop import new_event_loop
from bot.moving import move
from bot.settings import LAST_PORT, LogFormat, LogLevel, load_place, load_settings
from bot.site import ListenRefused
from storage.cipher import make_keys
from storage.database import StorageFault

FAILED = 2
BROKEN_OFF = "Broken off before its end. Look whether it was done all the same; else give the command again."
COPY_BROKEN_OFF = "Broken off: TO is not whole, and nothing uses it. The same command goes on."
OUTPUT_LOST = "The output was not taken to its end: what was written is not all. Look where it goes to."
DATABASE_IS_TO_BE = "It is to be whole, running, and the one that BOT_DATABASE_URL means."
ADDRESS = re.compile(r"(?<=://)\S+")
TOLD = 10  # numbers in one line
Result = TypeVar("Result")
DEMO_PORT = 8765


class OutputLost(Exception):
    """Standard output is full, or nobody reads it any more."""


class Output:
    """Standard output; OutputLost where it takes no more."""

    def write(self, text: str) -> int:
        """As a file's."""
        try:
            return sys.stdout.write(text)
        except OSError:
            raise OutputLost from None

    def flush(self) -> None:
        """As a file's."""
        try:
            sys.stdout.flush()
        except OSError:
            raise OutputLost from None


class Parser(argparse.ArgumentParser):
    """argparse that ends in one line instead of a page."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong with the arguments, an address with its password aside; exit code 2."""
        self.exit(FAILED, f"{ADDRESS.sub('...', message)}. See python -m bot --help.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return int(options.command(options))
    except KeyboardInterrupt:
        return _interrupted(options.command)
    except StorageFault as fault:
        sys.stderr.write(f"The database cannot be read or written ({fault}). {DATABASE_IS_TO_BE}\n")
        return FAILED
    except (StartRefused, ListenRefused, KeepingRefused, KeysGone, NotConfirmed, *KNOWN_REFUSALS) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return FAILED
    except OutputLost:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains of what waits
        sys.stderr.write(f"{OUTPUT_LOST}\n")
        return FAILED
    except Exception as error:  # noqa: BLE001 - a traceback may name people: its kind and place are told instead
        sys.stderr.write(f"It stopped by a fault of its own, nothing is lost: {describe(error)}\n")
        return FAILED


def _parser() -> Parser:
    parser = Parser(prog="python -m bot", description="A petition that people sign inside Telegram.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", help="run against Telegram").set_defaults(command=_run)
    demo = commands.add_parser("demo", help="run against a local Telegram, to try it in a browser")
    demo.add_argument("--port", type=_port, default=DEMO_PORT, help=f"where the page is ({DEMO_PORT})")
    demo.add_argument("--keep", action="store_true", help="keep the folder of its data and keys at the end")
    demo.set_defaults(command=_demo)
    check = commands.add_parser("check", help="say whether all that running needs is in order")
    check.add_argument("--open-with", type=Path, metavar="FILE", help="try whether this organisers.key opens a name")
    check.set_defaults(command=_check)
    keygen = commands.add_parser("keygen", help="make the keys")
    keygen.add_argument("folder", type=Path, help="where the server's keys are written")
    keygen.add_argument("--organisers", type=Path, help="where the organisers' private key is written instead")
    keygen.set_defaults(command=_keygen)
    _add_standing(commands)
    _add_keeping(commands)
    return parser


def _add_standing(commands: Any) -> None:
    close = commands.add_parser("close", help="take no signatures any more")
    close.add_argument("--for-good", action="store_true", help="then signatures are erased after BOT_RETENTION_DAYS")
    close.set_defaults(command=_close)
    commands.add_parser("open", help="take signatures again after close").set_defaults(command=_open)
    unfreeze = commands.add_parser("unfreeze", help="let signing and news go on after /freeze")
    unfreeze.set_defaults(command=_unfreeze)
    commands.add_parser("lockdown", help="destroy the server's keys, before a search").set_defaults(command=_lockdown)


def _add_keeping(commands: Any) -> None:
    backup = commands.add_parser("backup", help="copy what is kept, sealed to the organisers, into BOT_DATA/backups")
    backup.set_defaults(command=_backup)
    restore = commands.add_parser("restore", help="make a database of a backup, in an empty place")
    restore.add_argument("--key", type=Path, required=True, metavar="FILE", help="organisers.key")
    restore.add_argument("--without-erasures", action="store_true", help="though the list of who withdrew is not whole")
    restore.add_argument("backup", type=Path, help="the backup's file")
    restore.set_defaults(command=_restore)
    unseal = commands.add_parser("unseal", help="write the private names as CSV, to hand the petition over")
    unseal.add_argument("--key", type=Path, required=True, metavar="FILE", help="organisers.key")
    unseal.add_argument("backup", type=Path, nargs="?", help="a backup's file; without it, the database is read")
    unseal.set_defaults(command=_unseal)
    rotate = commands.add_parser("rotate-keys", help="encrypt all under a new field.key, while the bot does not run")
    rotate.set_defaults(command=_rotate_keys)
    copy = commands.add_parser("copy-database", help="copy all into another database, while the bot does not run")
    for name, told in (("from", "the database that is copied"), ("to", "an empty one, or an unfinished copy")):
        copy.add_argument(name, metavar=name.upper(), help=f"{told}: an address, env:VARIABLE or file:PATH")
    copy.set_defaults(command=_copy_database)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {LAST_PORT}")
    return port


def _run(_options: argparse.Namespace) -> int:
    settings = load_settings()
    set_up_logs(settings.log_format, settings.log_level)
    _on_loop(run(settings))
    return 0


def _demo(options: argparse.Namespace) -> int:
    try:
        from bot.demo import demo  # the sandbox is loaded by nothing else
    except ModuleNotFoundError:
        raise StartRefused("The demo is not installed here. Run make demo in the project's own folder.") from None

    set_up_logs(LogFormat.CONSOLE, LogLevel.WARNING)
    _on_loop(demo(options.port, _say, keep=options.keep))
    return 0


def _check(options: argparse.Namespace) -> int:
    set_up_logs(LogFormat.CONSOLE, LogLevel.ERROR)
    findings = _on_loop(check(options.open_with))
    _say(table(findings))
    return 0 if all(finding.good for finding in findings) else FAILED


def _close(options: argparse.Namespace) -> int:
    _say(_on_loop(standing.close(load_place(), for_good=options.for_good)))
    return 0


def _open(_options: argparse.Namespace) -> int:
    _say(_on_loop(standing.open_again(load_place())))
    return 0


def _unfreeze(_options: argparse.Namespace) -> int:
    _say(_on_loop(standing.unfreeze(load_place())))
    return 0


def _lockdown(_options: argparse.Namespace) -> int:
    lockdown(sys.stdin.readline, _say)
    return 0


def _keygen(options: argparse.Namespace) -> int:
    for path in make_keys(options.folder, options.organisers):
        _say(f"wrote {path}")
    _say("Keep organisers.key offline: only it opens private names. Lose pepper.key or field.key, and all is lost.")
    return 0


def _backup(_options: argparse.Namespace) -> int:
    _say(str(_on_loop(back_up(load_place()))))
    return 0


def _restore(options: argparse.Namespace) -> int:
    work = restore_backup(load_place(), options.key, options.backup, without_erasures=options.without_erasures)
    restored = _on_loop(work)
    _say(f"Restored. Signatures: {restored.signatures}, subscribers: {restored.subscribers}.")
    _say(f"Erasures since the backup, made again: {restored.erased}.")
    return 0


def _unseal(options: argparse.Namespace) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    output = Output()
    done = _on_loop(unseal(load_place(), options.key, options.backup, output))
    output.flush()
    sys.stderr.write(f"Private names written: {done.written}.\n")
    if done.without_list:
        sys.stderr.write("No whole list of erasures lies beside the backup: some may have withdrawn since.\n")
    if done.closed:
        numbers = ", ".join(map(str, done.closed[:TOLD])) + (" ..." if len(done.closed) > TOLD else "")
        sys.stderr.write(f"{len(done.closed)} do not open, for their rows were changed: No. {numbers}\n")
    return FAILED if done.closed else 0


def _rotate_keys(_options: argparse.Namespace) -> int:
    older, vanished = _on_loop(rotate_keys(load_place()))
    _say(f"All is encrypted under a new field.key: keep a copy of it in a safe place. The old one is {older}.")
    if not vanished:
        _say("Somebody else reads the database: what was under the old key vanishes from the file once the bot runs.")
    return 0


def _copy_database(options: argparse.Namespace) -> int:
    _on_loop(move(load_place(), getattr(options, "from"), options.to, _say))
    return 0


def _interrupted(command: Callable[[argparse.Namespace], int]) -> int:
    """Whoever stops what has no end of its own has what she wants; all else is no success to what goes on after it."""
    if command in (_run, _demo):
        return 0
    sys.stderr.write(f"{COPY_BROKEN_OFF if command is _copy_database else BROKEN_OFF}\n")
    return FAILED


def _on_loop(work: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.get_loop().set_exception_handler(log_lost_fault)
        return runner.run(work)


def _say(line: str) -> None:
    output = Output()
    output.write(f"{line}\n")
    output.flush()
