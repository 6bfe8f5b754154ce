"""The form of a backup: sealed to the organisers, in chunks that cannot be cut, changed, moved or joined.

A fresh key encrypts the body (AES-256-GCM) and is itself sealed to the organisers' public key (HPKE). Each chunk is
bound to the head, to its place and to whether it is the last. A proof under the pepper tells a backup of this bot from
one that somebody else made to look like it; who only reads needs no pepper.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.cipher import KEY_BYTES, NONCE_BYTES, SUITE

MAGIC = b"undersigned backup 1\n"
CHUNK = 64 * 1024  # bytes before encryption
SEALED_CHUNK = CHUNK + 16  # with the tag of AES-GCM
LONGEST_HEAD = 4_096
INDEX_BYTES = 8


class BackupRefused(Exception):
    """The file is no backup, or was cut or changed; the text is one clear line."""


@dataclass(frozen=True)
class About:
    """What a backup says of itself in the clear."""

    slug: str
    made: datetime


def open_backup_file(path: Path) -> IO[bytes]:
    """For a reader; BackupRefused names the file that cannot be read."""
    try:
        return path.open("rb")
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read ({error.strerror}). Give the path of a backup.") from None


class BackupWriter:
    """Encrypts what is written to it, chunk by chunk."""

    def __init__(self, file: IO[bytes], about: About, *, public: bytes, secret: bytes) -> None:
        """`public` is the organisers' key, `secret` is derived from the pepper."""
        key = AESGCM.generate_key(KEY_BYTES * 8)
        sealed = SUITE.encrypt(key, X25519PublicKey.from_public_bytes(public), info=_sealed_for(about.slug))
        head = _head(about, sealed, _proof(secret, key, about))
        file.write(head)
        self._file = file
        self._chunks = _Chunks(key, head)
        self._waiting = bytearray()

    def write(self, content: bytes) -> None:
        """Adds to the body."""
        self._waiting += content
        while len(self._waiting) > CHUNK:  # what fills one exactly waits: it may be the last
            self._file.write(self._chunks.seal(bytes(self._waiting[:CHUNK]), last=False))
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        """Writes the last chunk: without it the file does not open."""
        self._file.write(self._chunks.seal(bytes(self._waiting), last=True))


class BackupReader:
    """Opens the head at once, and then the body chunk by chunk."""

    def __init__(self, file: IO[bytes], private: bytes) -> None:
        """`private` is the organisers' key. BackupRefused when this is no backup of theirs."""
        self._file = file
        head, sealed, self._told_proof, self.about = _read_head(file)
        try:
            info = _sealed_for(self.about.slug)
            self._key = SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=info)
        except InvalidTag:
            raise BackupRefused("This key does not open the backup: it is of other organisers, or changed.") from None
        self._chunks = _Chunks(self._key, head)

    def is_made_under(self, secret: bytes) -> bool:
        """Whether a bot with this pepper made it."""
        return hmac.compare_digest(self._told_proof, _proof(secret, self._key, self.about))

    def body(self) -> Iterator[bytes]:
        """All that was written, in pieces; BackupRefused at the first that was cut, changed or moved."""
        chunk, following = self._file.read(SEALED_CHUNK), b"first"
        while following:
            following = self._file.read(SEALED_CHUNK)
            try:
                yield self._chunks.open(chunk, last=not following)
            except InvalidTag:
                raise BackupRefused("The backup was cut or changed on its way. Bring another one.") from None
            chunk = following


class _Chunks:
    """Counts the chunks; each opens only as the one that it was."""

    def __init__(self, key: bytes, head: bytes) -> None:
        self._cipher = AESGCM(key)
        self._head = hashlib.sha256(head).digest()
        self._index = 0

    def seal(self, content: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(*self._next(content, last=last))

    def open(self, chunk: bytes, *, last: bool) -> bytes:
        return self._cipher.decrypt(*self._next(chunk, last=last))

    def _next(self, content: bytes, *, last: bool) -> tuple[bytes, bytes, bytes]:
        """The nonce (the key is used for this file alone), the content, and what it is bound to."""
        index, self._index = self._index, self._index + 1
        place = self._head + index.to_bytes(INDEX_BYTES, "big") + bytes([last])
        return index.to_bytes(NONCE_BYTES, "big"), content, place


def _head(about: About, sealed: bytes, proof: bytes) -> bytes:
    told = {
        "slug": about.slug,
        "made": about.made.isoformat(),
        "key": base64.b64encode(sealed).decode(),
        "proof": base64.b64encode(proof).decode(),
    }
    return MAGIC + orjson.dumps(told) + b"\n"


def _read_head(file: IO[bytes]) -> tuple[bytes, bytes, bytes, About]:
    magic = file.read(len(MAGIC))
    line = file.readline(LONGEST_HEAD) if magic == MAGIC else b""
    try:
        told = orjson.loads(line)
        sealed, proof = (base64.b64decode(told[name], validate=True) for name in ("key", "proof"))
        about = About(told["slug"], datetime.fromisoformat(told["made"]))
        about.slug.encode()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupRefused("This is no backup, or of a form that this program does not know.") from None
    return magic + line, sealed, proof, about


def _sealed_for(slug: str) -> bytes:
    return b"\0".join((b"backup", slug.encode()))


def _proof(secret: bytes, key: bytes, about: About) -> bytes:
    return hmac.digest(secret, b"\0".join((key, about.slug.encode(), about.made.isoformat().encode())), "sha256")
