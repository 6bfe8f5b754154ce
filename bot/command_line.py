"""The command line. It ends with exit code 0, or with 2 and one clear line on standard error."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import uvloop

from bot.application import StartRefused, run
from bot.check import KNOWN_REFUSALS, check, table
from bot.logs import describe, log_lost_fault, set_up_logs
from bot.settings import LAST_PORT, LogFormat, LogLevel, load_settings
from bot.site import ListenRefused
from storage.cipher import make_keys

FAILED = 2
Result = TypeVar("Result")
DEMO_PORT = 8765


class Parser(argparse.ArgumentParser):
    """argparse that ends in one line instead of a page."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong with the arguments; exit code 2."""
        self.exit(FAILED, f"{message}. See python -m bot --help.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return int(options.command(options))
    except KeyboardInterrupt:
        return 0
    except (StartRefused, ListenRefused, *KNOWN_REFUSALS) as refusal:
        sys.stderr.write(f"{refusal}\n")
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
    commands.add_parser("check", help="say whether all that running needs is in order").set_defaults(command=_check)
    keygen = commands.add_parser("keygen", help="make the keys")
    keygen.add_argument("folder", type=Path, help="where the server's keys are written")
    keygen.add_argument("--organisers", type=Path, help="where the organisers' private key is written instead")
    keygen.set_defaults(command=_keygen)
    return parser


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


def _check(_options: argparse.Namespace) -> int:
    set_up_logs(LogFormat.CONSOLE, LogLevel.ERROR)
    findings = _on_loop(check())
    _say(table(findings))
    return 0 if all(finding.good for finding in findings) else FAILED


def _keygen(options: argparse.Namespace) -> int:
    for path in make_keys(options.folder, options.organisers):
        _say(f"wrote {path}")
    _say("Keep organisers.key offline: only it opens private names. Lose pepper.key or field.key, and all is lost.")
    return 0


def _on_loop(work: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.get_loop().set_exception_handler(log_lost_fault)
        return runner.run(work)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
