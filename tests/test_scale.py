"""What stands beside the code for several processes: it is as closed as the single container, and fits together."""

from __future__ import annotations

import re

import pytest

from bot.settings import PREFIX, SECRETS, Settings
from tests.test_house_rules import HOUSE

COMPOSE = (HOUSE / "compose.scale.yaml").read_text(encoding="utf-8")
NGINX = (HOUSE / "docs" / "nginx.conf").read_text(encoding="utf-8")
LAST_ANSWER = 15  # seconds in which Telegram takes an answer to a tap
HARDENED = ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]', "restart: unless-stopped")
BOTS = ("bot1", "bot2", "bot3")


def part(heading: str, indent: int) -> str:
    """What stands under a heading."""
    spaces = " " * indent
    found = re.search(rf"^{spaces}{heading}:.*\n((?:{spaces} +.*\n|\n)*)", COMPOSE, re.MULTILINE)
    assert found is not None, heading
    return found[1]


def services() -> dict[str, str]:
    bot = part("x-bot", 0)
    names = re.findall(r"^  (\w+):$", part("services", 0), re.MULTILINE)
    return {name: part(name, 2).replace("<<: *bot\n", bot) for name in names}


@pytest.mark.parametrize("name", [*BOTS, "nginx", "postgres"])
def test_every_service_is_as_closed_as_the_single_one(name: str) -> None:
    single = (HOUSE / "compose.yaml").read_text(encoding="utf-8")
    for line in HARDENED:
        assert line in services()[name], name
        assert line in single


def test_nothing_is_reached_from_outside_but_nginx() -> None:
    assert {name for name, lines in services().items() if "ports:" in lines} == {"nginx"}
    assert "back" not in services()["nginx"]
    assert "networks: [back]" in services()["postgres"]
    assert "internal: true" in part("back", 2)


def test_no_secret_stands_in_it() -> None:
    """Each lies in a file of the name by which a setting, PostgreSQL or nginx takes it."""
    settings = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    secret = set(re.findall(r"^  (\w+):$", part("secrets", 0), re.MULTILINE))
    assert {name for name in secret if name.startswith(PREFIX)} >= {"BOT_TOKEN", "BOT_DATABASE_URL"}
    environment = set(re.findall(rf"^ +({PREFIX}\w+):", part("x-bot", 0), re.MULTILINE))
    assert not environment & secret
    assert environment - {"BOT_WEBHOOK_URL"} <= settings
    assert "/run/secrets" in {str(folder) for folder in SECRETS}
    for file in re.findall(r"/run/secrets/(\w+)", NGINX + COMPOSE):
        assert file in secret


def test_nginx_knows_every_process() -> None:
    addresses = [address for bot in BOTS for address in re.findall(r"ipv4_address: ([\d.]+)", services()[bot])]
    assert len(set(addresses)) == len(BOTS)
    assert not set(addresses) & set(re.findall(r"ipv4_address: ([\d.]+)", services()["nginx"]))
    assert re.findall(r"server ([\d.]+):8080 ", NGINX) == addresses
    assert "BOT_LISTEN: 0.0.0.0:8080" in COMPOSE


def test_nginx_writes_nothing_down_and_waits_long_enough() -> None:
    assert "access_log off;" in NGINX
    assert re.findall(r"error_log \S+ (\w+);", NGINX) == ["crit"]
    size, buffer = re.findall(r"client_(?:max_body|body_buffer)_size (\w+);", NGINX)
    assert size == buffer, "a larger body would lie in a file"
    for seconds in re.findall(r"proxy_(?:send|read)_timeout (\d+)s;", NGINX):
        assert int(seconds) > LAST_ANSWER
    (upstream,) = re.findall(r"proxy_next_upstream (.+);", NGINX)
    assert {"error", "timeout", "http_503", "non_idempotent"} <= set(upstream.split())


def test_only_telegram_is_let_in() -> None:
    assert re.findall(r"^ +allow (\S+);", NGINX, re.MULTILINE) == ["149.154.160.0/20", "91.108.4.0/22"]
    assert "allow 91.108.4.0/22;\n            deny all;" in NGINX


def test_postgresql_logs_no_statement_and_no_value() -> None:
    for setting in (
        "log_statement=none", "log_min_duration_statement=-1", "log_min_error_statement=panic",
        "log_error_verbosity=terse", "log_parameter_max_length=0", "log_parameter_max_length_on_error=0",
    ):  # fmt: skip
        assert f"- -c{setting}\n" in services()["postgres"]
        assert f"`{setting}`" in (HOUSE / "docs" / "operations.md").read_text(encoding="utf-8")
