"""A gradebook as plain data, to be compared with another one."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import MetaData, create_engine, select

Row = tuple[tuple[str, Any], ...]


def contents(db_url: str) -> dict[str, list[Row]]:
    """Return the rows of each table, sorted, keyed by what they mean: uuids differ from run to run.

    In the place of a reference to another row stands that row.
    """
    engine, tables = create_engine(db_url), MetaData()
    try:
        with engine.connect() as connection:
            tables.reflect(connection)
            rows = {
                table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in tables.sorted_tables
            }
    finally:
        engine.dispose()
    assert {"grade", "comment", "submitted_assignment", "submitted_notebook"} <= set(rows)
    known = {(name, row["id"]): row for name, found in rows.items() for row in found if "id" in row}

    def plain(name: str, row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for column in sorted(tables.tables[name].columns, key=lambda each: each.name):
            if not column.foreign_keys:
                if column.name != "id" or name in ("student", "course"):
                    yield column.name, row[column.name]
                continue
            (reference,) = column.foreign_keys
            other = reference.column.table.name
            referred = known.get((other, row[column.name]))
            yield column.name, tuple(plain(other, referred)) if referred else row[column.name]

    return {
        name: sorted((tuple(plain(name, row)) for row in found), key=repr)
        for name, found in rows.items()
    }
