"""Keys, tags and sealed fields; a test vector of each."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.cipher import (
    NAME_BYTES,
    PRIVATE,
    Cipher,
    Keys,
    KeysRefused,
    make_keys,
    open_sealed,
    padded,
    private_half_lies_in,
    read_key,
    unpadded,
)
from storage.signer_tags import ARGON2ID, SignerTags, TagCost, signer_tag

PRIVATE_KEY = bytes.fromhex("46426861e3cf2f4d7c4e4b2f5a3f0d4d6b3d5f1c2b7a49586e7d8c9bafbeadfc")
PUBLIC_KEY = bytes.fromhex("fc219e3a4bd80fa84d057cb12f12771a3d539b0dabf6f387366c9cb558bb1a7b")
FIXED = Keys(pepper=b"p" * 32, field_key=b"f" * 32, organisers_public=PUBLIC_KEY)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=100).filter(lambda name: len(name.encode()) <= 510)


def test_a_tag_of_each_purpose_is_its_own() -> None:
    cipher = Cipher(FIXED)
    assert cipher.tag("draft", 1).hex() == "7a6c9cfd52f7d07375e5949296cbb0ed170abf15f0780cbafb9bce0789677d0a"
    assert cipher.tag("draft", 1) != cipher.tag("subscriber", 1)
    assert cipher.tag("draft", 1) != cipher.tag("draft", 2)


def test_the_code_of_a_signer_is_argon2id() -> None:
    tag = signer_tag(Cipher(FIXED).secret("signer"), "belarus-solidarity", ARGON2ID, 712345678)
    assert tag.hex() == "385f2d4204349cb9b02fc3ab7965e5829a1d67b711fba32e7108259f2d1b4335"


def test_a_kept_field_still_opens() -> None:
    kept = bytes.fromhex("d7097fa3584c2968ee33c9c571b9bba1f10f31288eeeef2d4361fd733a4a978c84dde57330c90a2e04df06")
    assert Cipher(FIXED).decrypt(kept, table="signature", row=b"r" * 16, column="name") == b"Ann Example"


def test_a_kept_sealed_name_still_opens() -> None:
    kept = bytes.fromhex(
        "8ad02d4583f3074bd2b4f8443811257c998ca2bcb1623bf3be8171eac147a73ffefa0bd23d0de3cc77ec30dd5b195071"
        "947301d0d7004af7ad935a4cc9d333bb45050409a5a7b1f6d05e95e0a2286c71bed6702208eb11217a3ed7d9c3ddcee2"
        "958a267837edc4696322e88acd628ae77905401178a7dbbfcb38e2197ca7cbcea89d5a78467a079ebb6db1176af450a0"
        "23d61790de2a4c4d774d28e0d81d812fd2d068e89dffa5370150fe1101041960d5f802481ee48ecea27e318a803da68e"
        "df42cc26c3d9814ca9149bf6a06ce96f020189e9aa21efe64b9df79b53dcfea3fca7a47cce656fb8b2bdb27d747ed074"
        "5f96e936cf040e89a0ab0c4e9d76efe7572cb64dd17f87c3a04a5ff58767587eca8b699d0c323e7bc1247b2d89bbe0fb"
        "9eff76cdb728c4f2e1b123d9d4c57bbb7f675ed9b98e28ae03cf5e9ecef732320534af28134507268e3a0c28cfb07a44"
        "43c9934c9c5b0b64940445ffbd26edd3e6eefd2573db10d3ff0f23f52037b4040d5455efe1d0b71b77e2c186c604296a"
        "a87201effc01540b9ca357a25df6e1b0d0bca93710c1f4fd974b43b3461f0694f5088f92a0a5e42bf7232e28f1c6b745"
        "9f55337e59d3d74ef0ce0a03239c8c5b3fb553e196720b89769747fb4880845f4f4247fbd525271129c2b519c86a1eec"
        "88fe343c5c82e08f67cff9c7b6c59bfb02966ab2719bbfda7f442eb9b2d5dd8d4dcd81d58ef1da7d5ab9b80acb373325"
        "56548831a8acf917413e5adf9d3fb833ebd002fb9759d093be5372e5b671f884"
    )
    assert open_sealed(PRIVATE_KEY, kept, slug="test", row=b"r" * 16) == "Ann Example"


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=32))
def test_a_field_opens_only_in_its_place(content: bytes, row: bytes) -> None:
    cipher = Cipher(FIXED)
    sealed = cipher.encrypt(content, table="draft", row=row, column="content")
    assert cipher.decrypt(sealed, table="draft", row=row, column="content") == content
    for table, other, column in (("x", row, "content"), ("draft", row + b"x", "content"), ("draft", row, "x")):
        with pytest.raises(KeysRefused):
            cipher.decrypt(sealed, table=table, row=other, column=column)


@given(NAMES)
def test_every_padded_name_is_of_one_length(name: str) -> None:
    assert len(padded(name)) == NAME_BYTES
    assert unpadded(padded(name)) == name


def test_a_name_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        padded("x" * 511)


def test_a_sealed_name_is_bound_to_its_row_and_petition(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys", tmp_path / "offline")
    private = read_key(tmp_path / "offline" / PRIVATE)
    sealed = Cipher(Keys.load(tmp_path / "keys")).seal("Ann", slug="one", row=b"r")
    assert open_sealed(private, sealed, slug="one", row=b"r") == "Ann"
    for slug, row in (("two", b"r"), ("one", b"s")):
        with pytest.raises(KeysRefused):
            open_sealed(private, sealed, slug=slug, row=row)


def test_keys_are_written_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    written = make_keys(tmp_path / "keys", tmp_path / "offline")
    assert [path.name for path in written] == ["pepper.key", "field.key", "organisers.pub", "organisers.key"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in written)
    assert not private_half_lies_in(tmp_path / "keys")
    before = {path: path.read_bytes() for path in written}
    with pytest.raises(KeysRefused, match="there already; nothing was written"):
        make_keys(tmp_path / "keys")
    assert {path: path.read_bytes() for path in written} == before
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["field.key", "organisers.pub", "pepper.key"]


def test_a_private_half_among_the_servers_keys_is_seen(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys")
    assert private_half_lies_in(tmp_path / "keys")


@pytest.mark.parametrize("content", [b"", b"zz", b"ab" * 31, b"\xff\xfe"])
def test_a_garbled_key_names_its_file(tmp_path: Path, content: bytes) -> None:
    make_keys(tmp_path / "keys")
    (tmp_path / "keys" / "field.key").write_bytes(content)
    with pytest.raises(KeysRefused, match=r"field\.key"):
        Keys.load(tmp_path / "keys")


def test_missing_keys_name_the_line_to_run(tmp_path: Path) -> None:
    with pytest.raises(KeysRefused, match="python -m bot keygen"):
        Keys.load(tmp_path / "keys")


def test_keys_do_not_show_themselves() -> None:
    assert "p" * 8 not in repr(FIXED)
    assert repr(FIXED) == "Keys()"


async def test_codes_are_made_once_a_person_and_those_waited_for_go_first() -> None:
    tags = SignerTags(Cipher(FIXED), "test", TagCost(memory_kib=64, iterations=1))
    try:
        for person in range(50):
            tags.begin(person)
        waited = await tags.get(1_000)
        assert waited is not None
        assert tags.ready(1_000) == waited
        assert tags.ready(49) is None, "one only begun came before one that is waited for"
        both = await asyncio.gather(tags.get(49), tags.get(49))
        assert both[0] == both[1] == tags.ready(49)
        tags.drop(49)
        assert tags.ready(49) is None
    finally:
        tags.close()


async def test_who_does_not_wait_for_long_keeps_her_place() -> None:
    tags = SignerTags(Cipher(FIXED), "test", TagCost(memory_kib=19_456, iterations=4))
    try:
        assert await tags.get(1, within=0.0) is None
        assert await tags.get(1) is not None
    finally:
        tags.close()
