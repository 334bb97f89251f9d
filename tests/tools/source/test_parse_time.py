"""When parsing is given up: by the processor's time, so that a busy machine reads the same code as an idle one."""

import itertools
import time

import pytest

from tools.source.grammar import parse_tree
from tools.source.languages import language_of

SOURCE = b"def total(rows):\n    return sum(row.price for row in rows)\n" * 4_000


def test_a_file_is_parsed_however_long_others_hold_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = itertools.count(step=3600)
    monkeypatch.setattr(time, "monotonic", lambda: next(hours))
    language = language_of("shop/cart.py")
    assert language is not None
    assert not isinstance(parse_tree(language, SOURCE), str)


def test_what_takes_too_long_to_parse_is_late() -> None:
    language = language_of("shop/cart.py")
    assert language is not None
    assert parse_tree(language, SOURCE, seconds=0.0) == "late"
