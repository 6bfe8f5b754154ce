"""Every value that is kept of a person stands in her file, with what it means."""

from __future__ import annotations

from handlers.own_meanings import MEANINGS, TABLES
from storage.person import PERSON_TABLES


def test_every_table_and_column_has_a_meaning() -> None:
    assert set(TABLES) == {table.name for table in PERSON_TABLES}
    columns = {f"{table.name}.{column.name}" for table in PERSON_TABLES for column in table.columns}
    assert columns == {place for place in MEANINGS if place.count(".") == 1}
