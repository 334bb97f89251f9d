"""Which lines mention null."""

import pytest

from tools.commits.diff_facts import mentions_null


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
