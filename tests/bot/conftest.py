"""A store of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.cipher import Keys, make_keys
from storage.identity import PetitionIdentity
from storage.signer_tags import TagCost
from storage.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    store = await Store.open(
        f"sqlite+aiosqlite:///{tmp_path / 'data' / 'x.sqlite'}",
        folder=tmp_path / "data",
        keys=Keys.load(tmp_path / "keys"),
        petition=PetitionIdentity("test-petition", 0),
        tag_cost=TagCost(memory_kib=8, iterations=1),
    )
    yield store
    await store.close()
