"""How many lines of code that a commit changed mention null: what a comment is, the language of the file tells."""

from pathlib import Path

import pytest

from tests.repositories import build
from tools.commits.analysis import read_commit
from tools.commits.diff_facts import mentions_null
from tools.git.repository import Repository


@pytest.mark.parametrize(("path", "lines"), [("a.js", 1), ("a.clj", 0), ("README.md", 0)])
def test_a_line_that_begins_with_a_semicolon_is_a_comment_in_some_languages_only(
    tmp_path: Path, path: str, lines: int
) -> None:
    built = build(tmp_path, [{"files": {"b.js": "x\n"}}, {"files": {path: ";[a, b] = [null, 1]\n"}}])
    assert read_commit(Repository.open(built.path), built.shas[1], ()).nulls == lines


@pytest.mark.parametrize(
    ("row", "mentions"),
    [
        ("public function find(?Order $order)", True),
        ("public function find(string $id): ?Order", True),
        ("private ?\\Shop\\Order $order;", True),
        ("const total = order?.total", True),
        ("rows?.[0]", True),
        ("return fetch(`/users/${id}?full=1`)", False),
        ("url = '/orders?page=2'", False),
        ("PATTERN = re.compile(r'(?i)(?P<name>a)')", False),
        ("select name from users where id = ?1", False),
    ],
)
def test_a_question_mark_is_an_optional_value_only_where_a_language_says_so(row: str, mentions: bool) -> None:
    assert mentions_null(row) is mentions
