"""Every column that is encrypted under the field key, and what its values are bound to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from storage import arrived, broadcast, messages, reports
from storage.cipher import KEY_ID_BYTES, Cipher, KeysRefused
from storage.drafts import Kind
from storage.schema import BROADCAST, COMPOSITION, DELIVERY, DRAFT, MESSAGE, REPORT, SIGNATURE, SUBSCRIBER

Values = Mapping[str, Any]
Ciphers = Mapping[bytes, Cipher]
"""A cipher for each key id."""


@dataclass(frozen=True)
class Encrypted:
    """One column. `row` gives the bytes that tell the row."""

    table: Table
    column: str
    row: Callable[[Values], bytes]
    holds: Callable[[Values], bool] = lambda _values: True

    def renewed(self, values: Values, cipher: Cipher, older: Ciphers) -> bytes | None:
        """The value under the key of `cipher`; None where it is already, or where there is none.

        KeysRefused where it is under a key that is not there.
        """
        sealed = values.get(self.column)  # an older backup may not have the column
        if sealed is None or not self.holds(values) or sealed[:KEY_ID_BYTES] == cipher.key_id:
            return None
        known = older.get(sealed[:KEY_ID_BYTES])
        if known is None:
            name = f"field.key.{sealed[:KEY_ID_BYTES].hex()}"
            raise KeysRefused(f"{name} is missing in BOT_KEYS: values of {self.table.name} need it. Bring it back.")
        return cipher.encrypt_again(sealed, known, table=self.table.name, row=self.row(values), column=self.column)


def _of(name: str) -> Callable[[Values], bytes]:
    return lambda values: bytes(values[name])


ENCRYPTED = (
    Encrypted(SIGNATURE, "name", _of("id"), lambda values: values["kind"] == Kind.SHOWN.value),
    Encrypted(SUBSCRIBER, "chat", _of("id")),
    Encrypted(DRAFT, "content", _of("tag")),
    Encrypted(COMPOSITION, "content", _of("tag")),
    Encrypted(BROADCAST, "content", lambda values: broadcast.place(values["number"])),
    Encrypted(BROADCAST, "reason", lambda values: broadcast.place(values["number"])),
    Encrypted(DELIVERY, "message", lambda values: arrived.place(values["broadcast"], values["tag"])),
    Encrypted(MESSAGE, "content", lambda values: messages.place(values["tag"], values["hour"], values["marked"])),
    Encrypted(REPORT, "content", lambda values: reports.place(values["tag"], values["broadcast"])),
)
