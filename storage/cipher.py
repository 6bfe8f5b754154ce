"""Sealing of fields, keyed look-ups of people, and the keys' files."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
KEY_ID_BYTES = 4
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.2: random nonces of 96 bits
NAME_BYTES = 512
LENGTH_BYTES = 2
PEPPER, FIELD, PUBLIC, PRIVATE = "pepper.key", "field.key", "organisers.pub", "organisers.key"
NEXT_FIELD = f"{FIELD}.new"  # while a rotation is under way
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class KeysRefused(Exception):
    """A key is missing, garbled or another one; the text is one clear line that names the file."""


@dataclass(frozen=True)
class Keys:
    """What the running bot holds. The private half of the organisers' pair is not among it."""

    pepper: bytes = field(repr=False)
    field_key: bytes = field(repr=False)
    organisers_public: bytes = field(repr=False)

    @classmethod
    def load(cls, folder: Path) -> Keys:
        """Reads the three files; KeysRefused names the one that is missing or garbled."""
        if (folder / NEXT_FIELD).exists():
            raise KeysRefused(f"{folder / NEXT_FIELD}: a change of keys began. Finish it: python -m bot rotate-keys")
        return cls.load_unfinished(folder)

    @classmethod
    def load_unfinished(cls, folder: Path) -> Keys:
        """The same in the middle of a rotation, for who finishes it."""
        return cls(*(read_key(folder / name) for name in (PEPPER, FIELD, PUBLIC)))


def read_key(path: Path) -> bytes:
    """The 32 bytes of one key file (a line of hexadecimal digits)."""
    try:
        text = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except FileNotFoundError:
        raise KeysRefused(
            f"{path} is missing. For a new petition make the keys once: python -m bot keygen {path.parent}; for an "
            "older one bring back the true file."
        ) from None
    except PermissionError:
        raise KeysRefused(_forbidden(path)) from None
    except (ValueError, OSError) as error:
        raise KeysRefused(
            f"{path} cannot be read as a key ({type(error).__name__}). Bring back the true file."
        ) from None
    if len(key) != KEY_BYTES:
        raise KeysRefused(f"{path} holds {len(key)} bytes instead of {KEY_BYTES}. Bring back the true file.")
    return key


def read_private_key(path: Path) -> bytes:
    """The organisers' key; KeysRefused names the file."""
    try:
        is_file = path.is_file()
    except PermissionError:
        raise KeysRefused(_forbidden(path)) from None
    if not is_file:
        raise KeysRefused(f"{path} is no file. Give the path of {PRIVATE}.")
    return read_key(path)


def _forbidden(path: Path) -> str:
    return f"{path} may not be read by this user. Give this user the right to, or run this as one who has it."


def make_keys(folder: Path, organisers: Path | None = None) -> list[Path]:
    """Writes the four key files, mode 0600, the private half to `organisers` where it is given.

    If any of the four is there already, or cannot be written, none is and KeysRefused names it.
    """
    private = X25519PrivateKey.generate()
    offline = folder if organisers is None else organisers
    contents = {
        folder / PEPPER: secrets.token_bytes(KEY_BYTES),
        folder / FIELD: secrets.token_bytes(KEY_BYTES),
        folder / PUBLIC: private.public_key().public_bytes_raw(),
        offline / PRIVATE: private.private_bytes_raw(),
    }
    for path in (*contents, folder / PRIVATE):
        if path.exists():
            raise KeysRefused(f"{path} is there already; nothing was written. Choose another folder.")
    written: list[Path] = []
    try:
        for path, key in contents.items():
            write_key(path, key)
            written.append(path)
    except KeysRefused:
        for path in written:
            path.unlink()
        raise
    return written


def write_key(path: Path, key: bytes) -> None:
    """Writes one key file, mode 0600; KeysRefused where there is one or it cannot be written."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise KeysRefused(f"{path} cannot be written ({error.strerror}). Choose a folder that can.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def private_half_lies_in(folder: Path) -> bool:
    """Whether the organisers' private key lies where the server can read it."""
    return (folder / PRIVATE).exists()


class Cipher:
    """All that is done with the keys."""

    def __init__(self, keys: Keys) -> None:
        """`keys` stay in memory as long as the process."""
        self._keys = keys
        self._fields = AESGCM(keys.field_key)
        self.key_id = key_id(keys.field_key)
        self._public = X25519PublicKey.from_public_bytes(keys.organisers_public)

    def secret(self, purpose: str) -> bytes:
        """A key for one purpose, derived from the pepper by HKDF-SHA256 (RFC 5869)."""
        return _derived(self._keys.pepper, purpose)

    def tag(self, purpose: str, person: int) -> bytes:
        """What a person is looked up by in one table: no two tables' tags can be joined without the pepper."""
        return hmac.digest(self.secret(f"tag {purpose}"), str(person).encode(), "sha256")

    def encrypt(self, plaintext: bytes, *, table: str, row: bytes, column: str) -> bytes:
        """Key id, nonce and ciphertext, bound to their place: moved elsewhere they do not open."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self.key_id + nonce + self._fields.encrypt(nonce, plaintext, self._place(table, row, column))

    def decrypt(self, sealed: bytes, *, table: str, row: bytes, column: str) -> bytes:
        """The plaintext; KeysRefused when the key is another or the bytes stand in another place."""
        if sealed[:KEY_ID_BYTES] != self.key_id:
            raise KeysRefused(f"{FIELD} is not the key that {table} was encrypted with. Bring back the true file.")
        nonce, body = sealed[KEY_ID_BYTES:][:NONCE_BYTES], sealed[KEY_ID_BYTES + NONCE_BYTES :]
        try:
            return self._fields.decrypt(nonce, body, self._place(table, row, column))
        except InvalidTag:
            raise KeysRefused(f"a value of {table} does not open in its place: the database was changed.") from None

    def encrypt_again(self, sealed: bytes, older: Cipher, *, table: str, row: bytes, column: str) -> bytes:
        """What an older key encrypted, under this one. Its nonce stays: the list of erasures knows a name by it."""
        plaintext = older.decrypt(sealed, table=table, row=row, column=column)
        nonce = random_part(sealed)
        return self.key_id + nonce + self._fields.encrypt(nonce, plaintext, self._place(table, row, column))

    def _place(self, table: str, row: bytes, column: str) -> bytes:
        return b"\0".join((self.key_id, table.encode(), column.encode(), row))

    def seal(self, name: str, *, slug: str, row: bytes) -> bytes:
        """A name that only the organisers' private key opens (HPKE, RFC 9180), all of one length."""
        return SUITE.encrypt(padded(name), self._public, info=_sealed_for(slug, row))

    def check_values(self) -> Mapping[str, bytes]:
        """One value a key file, kept in the database to tell a wrong key; they say nothing of the keys."""
        return {
            PEPPER: self.secret("check"),
            FIELD: _derived(self._keys.field_key, "check"),
            PUBLIC: public_check(self._keys.organisers_public),
        }


def key_id(field_key: bytes) -> bytes:
    """What stands before all that this key encrypted; it says nothing of the key."""
    return hashlib.sha256(b"undersigned key id" + field_key).digest()[:KEY_ID_BYTES]


def random_part(sealed: bytes) -> bytes:
    """Tells one encrypted or sealed value from every other: its nonce, or a part of HPKE's one-time public key."""
    return sealed[KEY_ID_BYTES:][:NONCE_BYTES]


@cache
def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=f"undersigned {purpose}".encode()).derive(
        key
    )


def public_check(organisers_public: bytes) -> bytes:
    """The check value of the organisers' public key."""
    return hashlib.sha256(b"undersigned check" + organisers_public).digest()


def public_half(private_key: bytes) -> bytes:
    """The public key that belongs to the organisers' private one."""
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def padded(name: str) -> bytes:
    """The name's UTF-8 behind its length, filled up to 512 bytes; ValueError for a longer one."""
    encoded = name.encode()
    room = NAME_BYTES - LENGTH_BYTES
    if len(encoded) > room:
        raise ValueError(f"a name of {len(encoded)} bytes does not fit into {room}")
    return len(encoded).to_bytes(LENGTH_BYTES, "big") + encoded.ljust(room, b"\0")


def unpadded(block: bytes) -> str:
    """The name in a padded block."""
    length = int.from_bytes(block[:LENGTH_BYTES], "big")
    return block[LENGTH_BYTES : LENGTH_BYTES + length].decode()


def open_sealed(private_key: bytes, sealed: bytes, *, slug: str, row: bytes) -> str:
    """The name of one signature; KeysRefused when the key is another, or the row."""
    private = X25519PrivateKey.from_private_bytes(private_key)
    try:
        return unpadded(SUITE.decrypt(sealed, private, info=_sealed_for(slug, row)))
    except InvalidTag:
        raise KeysRefused(f"{PRIVATE} does not open this name: it is another key, or another row's name.") from None


def _sealed_for(slug: str, row: bytes) -> bytes:
    return b"\0".join((b"name", slug.encode(), row))
