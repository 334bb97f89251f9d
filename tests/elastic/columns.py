"""Stored documents, column by column: values as indexed (dates in milliseconds, text in tokens) and `_source` as sent."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = int
_TOKEN = re.compile(r"\w+")


class BadRequest(Exception):
    """What Elasticsearch answers with 400: `kind` is the type of its error."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


def tokens(text: str) -> tuple[str, ...]:
    """About what the standard analyser does: words, in lower case."""
    return tuple(_TOKEN.findall(text.lower()))


def milliseconds(value: object) -> int | None:
    """A date as Elasticsearch stores it; None for what it would not take."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value)
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1_000)


@dataclass
class Index:
    """One index. `types` maps dotted field names to keyword, text, date, long or unindexed; others are dynamic."""

    types: dict[str, str] = field(default_factory=dict)
    shards: int = 4
    sources: list[dict[str, Any]] = field(default_factory=list)
    columns: dict[str, dict[Row, tuple[Any, ...]]] = field(default_factory=dict)
    _phrases: dict[tuple[str, str], bool] = field(default_factory=dict)
    _kept: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)
    _ordered: dict[str, tuple[list[int], list[Row]]] = field(default_factory=dict)

    def add(self, source: dict[str, Any]) -> None:
        """Index one document."""
        row = len(self.sources)
        self.sources.append(source)
        self._ordered.clear()
        for name, value in _flat(source, ""):
            kind = self.types.get(name) or self._dynamic(name, value)
            stored = milliseconds(value) if kind == "date" else value
            if stored is None or kind == "unindexed":
                continue
            column = self.columns.setdefault(name, {})
            values = (*column.get(row, ()), stored)
            column[row] = self._kept.setdefault(values, values) if kind == "keyword" else values

    def _dynamic(self, name: str, value: object) -> str:
        kind = "long" if isinstance(value, int | float) and not isinstance(value, bool) else "text"
        self.types[name] = kind
        if kind == "text":
            self.types.setdefault(name + ".keyword", "keyword")
        return kind

    def column(self, name: str) -> dict[Row, tuple[Any, ...]]:
        """The values of a field by row; of a multi-field, those of its parent."""
        return self.columns.get(name) or self.columns.get(name.removesuffix(".keyword"), {})

    def kind(self, name: str) -> str | None:
        """The type of a field; None when nobody has sent it yet."""
        return self.types.get(name)

    def between(self, name: str, low: int | None, high: int | None) -> list[Row]:
        """Rows whose date lies in low (inclusive) .. high (exclusive), in order of time."""
        if name not in self._ordered:
            pairs = sorted((values[0], row) for row, values in self.column(name).items())
            self._ordered[name] = [at for at, _ in pairs], [row for _, row in pairs]
        times, rows = self._ordered[name]
        start = 0 if low is None else bisect_left(times, low)
        return rows[start : len(rows) if high is None else bisect_left(times, high)]

    def says(self, text: str, phrase: str) -> bool:
        """Whether the text holds the phrase's words one after another."""
        key = (text, phrase)
        if key not in self._phrases:
            wanted, said = tokens(phrase), tokens(text)
            places = (n for n, word in enumerate(said) if word == wanted[0]) if wanted else iter(())
            self._phrases[key] = any(said[n : n + len(wanted)] == wanted for n in places)
        return self._phrases[key]


def _flat(node: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        name = f"{prefix}{key}"
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping):
                yield from _flat(each, f"{name}.")
            elif each is not None:
                yield name, each
