"""The value is followed backwards in every language that is read, along each of the four ways it can come."""

from pathlib import Path

import pytest

from tests.repositories import build
from tests.tools.impact.value_languages import LANGUAGES
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

WAYS = {
    "assignment": ("prepare", "total", "cents"),
    "attribute": ("load", "first", "head"),
    "callee": ("table", "rate", "pct"),
    "parameter": ("wrap", "inner", "name"),
}
"""What the commit changes the call of, the function that fails, and what stands on its line."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", LANGUAGES)
def test_the_commit_that_changed_where_the_value_comes_from_is_found(tmp_path: Path, path: str, way: str) -> None:
    text, printed = LANGUAGES[path]
    source, function, used = WAYS[way]
    rows = text.split("\n")
    frames = [(function, next(n for n, row in enumerate(rows, 1) if f".{used}" in row or f">{used}" in row))]
    if way == "parameter":
        frames.append(("outer", next(n for n, row in enumerate(rows, 1) if "wrap(" in row) + 1))
    _, shas = build(
        tmp_path,
        [
            {"files": {"a.txt": "1"}},
            {"files": {path: text}},
            {"files": {"b.txt": "1"}},
            {"files": {path: text.replace(f"{source}(", f"{source}_other(")}},
            {"files": {"c.txt": "1"}},
        ],
    )

    found = gather(Repository.open(tmp_path / "repository"), shas[1], shas[-1], parse(printed(frames)))

    assert shas[3] in {producer.commit for producer in found.producers}
