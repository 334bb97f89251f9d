"""Whether a commit's lines hold a value that the error quotes."""

import pytest

from tools.text.spelled_out import spells_out


@pytest.mark.parametrize(
    ("text", "value", "is_spelled_out"),
    [
        ('"dependencies": {"update-browserslist-db": "1.0"}', "date", False),
        ("row.date = today", "date", True),
        ("title: released on a date", "date", True),
        ("waits for the lock", "for", False),
        ("labels['for'] = name", "for", True),
        ("see /etc/shop.toml:", "/etc/shop.toml", True),
        ("$path/to", "$path", True),
    ],
)
def test_a_value_is_no_part_of_a_word_and_a_word_of_every_text_stands_in_quotation_marks(
    text: str, value: str, is_spelled_out: bool
) -> None:
    assert spells_out(text, value) is is_spelled_out
