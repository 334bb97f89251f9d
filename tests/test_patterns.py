"""The program that tries every pattern on hostile text finds the patterns, and the slow ones among them."""

import re
import signal
from collections.abc import Iterator

import pytest

from benchmarks.hostile import hostile_texts
from benchmarks.patterns import MOST, Named, _stop, patterns, worst_of


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    before = signal.signal(signal.SIGVTALRM, _stop)
    yield
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.parametrize("slow", [r"(?:a+)+b", r"\s+at ", r"^(.*),(.*),(.*);$", rb"(?:\w+\s?)*!"])
def test_a_pattern_that_takes_long_is_found(slow: str | bytes) -> None:
    assert worst_of(Named("slow", re.compile(slow), anchored=False)).milliseconds > MOST / 10


def test_texts_are_made_of_what_the_pattern_knows() -> None:
    texts = hostile_texts(re.compile(r"(?:at|from) \[(\w{2,9}):"))
    assert {"at [", "from ["} <= {text.unit.rstrip("a:") for text in texts} | {text.unit for text in texts}
    assert all(len(text.of(10_000)) <= 10_000 for text in texts)


def test_patterns_of_modules_tuples_and_rules_are_found_with_their_use() -> None:
    found = {named.name: named.anchored for named in patterns(("tools",))}
    assert found["tools.traces.fingerprint._VARYING"] is False
    assert found["tools.text.personal_data._OF_PERSON"] is True
    assert {
        "tools.traces.prefixes._ROWS",
        "tools.text.known_tokens._PATTERNS",
        "tools.text.named_secrets.NAMED_SECRETS",
    } <= set(found)
    assert len(found) > 300
