"""Changes of a database's structure: which files make them, which columns they add, and which cannot be undone."""

import re
from collections.abc import Iterator
from typing import Final

_MIGRATION: Final = re.compile(
    r"(^|/)(migrations?|migrate|alembic/versions|db/changelog|liquibase|flyway|schema[_-]?changes|sql/patches|patches/sql)/"
    r"|(^|/)V\d+(?:[._]\d+)*__[^/]+\.sql$|(^|/)(?:patch|upgrade|alter)-[^/]*\.sql$",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"\.(py|rb|php|sql|js|ts|java|kt|go|cs|xml|ya?ml|json|exs?|scala|groovy)$", re.IGNORECASE)
_SCHEMA: Final = re.compile(
    r"(^|/)(schema\.(rb|sql|prisma|graphqls?)|structure\.sql|tables(-generated)?\.(sql|json)|models\.py|[^/]+\.(proto|avsc|graphqls?|xsd|thrift))$"
    r"|(^|/)(entities|entity)/[^/]+$",
    re.IGNORECASE,
)
_LONGEST: Final = 400  # characters of a line that are read
_COLUMNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\badd_?column\w*[\s(]+[:'\"]\w+['\"]?\s*,\s*[:'\"](?P<n>\w+)",
        r"\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?[`\"\[]?(?P<n>\w+)[`\"\]]?\s+\w",
        r"\bop\.add_column\([^,]++,\s*(?:\w+\.)*Column\(\s*['\"](?P<n>\w+)",
        r"(?<!\w)name=['\"](?P<n>\w+)['\"]",
        r"^\s*(?P<n>\w+)\s*=\s*(?:models\.\w+Field|(?:\w+\.)?(?:mapped_column|Column))\(",
        r"\bt\.\w+\s+[:'\"](?P<n>\w+)",
        r"\$table->\w+\(\s*['\"](?P<n>\w+)",
        r"^\s*[`\"\[]?(?P<n>[a-z]\w+)[`\"\]]?\s+(?:int|bigint|varchar|varbinary|text|blob|bool|boolean|timestamp|date|datetime|decimal|numeric|jsonb?|uuid)\b",
    )
)
_NOT_COLUMNS: Final = frozenset({"column", "constraint", "index", "key", "primary", "unique", "foreign", "partition"})
_UNDOABLE: Final = re.compile(
    r"\bdrop[_ ]?(?:table|column)|\bremove_?(?:column|field|table)|\bDeleteModel\b|\bRemoveField\b|\btruncate\b|\bdelete\s+from\b"
    r"|\bIrreversible|\brename_?(?:table|column)|\bRENAME\s+(?:TO|COLUMN)\b|\bRunPython\(|\bRunSQL\(|\bupdate\s+\w+\s+set\b",
    re.IGNORECASE,
)


def is_migration(path: str) -> bool:
    """Return whether a file changes a database when it is deployed, judged by its place and name."""
    return bool(_MIGRATION.search(path) and _CODE.search(path))


def is_schema(path: str) -> bool:
    """Return whether a file describes data that others store or exchange."""
    return bool(_SCHEMA.search(path))


def columns_on(path: str, row: str) -> Iterator[str]:
    """Yield the columns that a line of a migration or schema adds."""
    if is_migration(path) or is_schema(path):
        for pattern in _COLUMNS:
            if (match := pattern.search(row[:_LONGEST])) and match["n"].lower() not in _NOT_COLUMNS:
                yield match["n"]


def loses_data(row: str) -> bool:
    """Return whether a line of a migration changes or removes data, which no later migration brings back."""
    return bool(_UNDOABLE.search(row[:_LONGEST]))
