"""The program that tries every pattern on hostile text finds the patterns, and the slow ones among them."""

import re
import signal
from collections.abc import Iterator
from functools import cache

import pytest

from benchmarks.hostile import Hostile, hostile_texts
from benchmarks.pattern_time import SIZE, Named, stop, worst_of
from benchmarks.pattern_use import is_anchored
from benchmarks.patterns import LONGEST, patterns

SOON = 100.0  # milliseconds: twice what a pattern may take. By hand it is let run for longer, to tell how slow it is
SHORTER = (
    20_000  # characters: the module `re` looks up from a run of letters rarely, and more rarely the longer the run is
)


@pytest.fixture(autouse=True)
def stopped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("benchmarks.pattern_time.MOST", SOON)
    before = signal.signal(signal.SIGVTALRM, stop)
    yield
    signal.signal(signal.SIGVTALRM, before)


@pytest.fixture
def shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.pattern_time.SIZE", SHORTER)


@pytest.mark.usefixtures("shorter")
@pytest.mark.parametrize("slow", [r"(?:a+)+b", r"\s+at ", r"^(.*),(.*),(.*);$", rb"(?:\w+\s?)*!"])
def test_a_pattern_that_takes_long_is_found(slow: str | bytes) -> None:
    assert worst_of(Named("slow", re.compile(slow), anchored=False)).milliseconds > 50


def test_blanks_are_tried_however_many_letters_the_first_words_have() -> None:
    texts = hostile_texts(re.compile(r"^(?:print|error_log|var_dump)\s+[^=]*\s*$"))
    assert {("print", " ", tail) for tail in ("", "=")} <= set(texts)


def test_a_pattern_that_must_reach_the_end_is_given_one_that_it_cannot_match() -> None:
    slow = r"^x(?:\s*[^\n]*\s*)\Z"
    assert worst_of(Named("slow", re.compile(slow), anchored=True)).milliseconds > 50


@pytest.mark.usefixtures("shorter")
def test_a_pattern_that_only_reads_short_texts_is_tried_on_those(monkeypatch: pytest.MonkeyPatch) -> None:
    quadratic = re.compile(r"\w+\(\)")
    monkeypatch.setattr("benchmarks.pattern_time.hostile_texts", lambda pattern: [Hostile("", "a")])
    assert worst_of(Named("whole", quadratic, anchored=False)).milliseconds > 50
    assert worst_of(Named("short", quadratic, anchored=False, longest=40)).milliseconds < 50


def test_a_pattern_for_which_time_runs_out_is_said_to_be_stopped() -> None:
    found = worst_of(
        Named("bounded", re.compile(r"[a-z]{1,30}x|[a-z]{2,30}y"), anchored=False), limit=10_000, budget=0.0
    )
    assert found.stopped


def test_texts_are_made_of_what_the_pattern_knows() -> None:
    texts = hostile_texts(re.compile(r"(?:at|from) \[(\w{2,9}):"))
    assert {"at [", "from ["} <= {text.unit.rstrip("a:") for text in texts} | {text.unit for text in texts}
    assert all(len(text.of(10_000)) <= 10_000 for text in texts)


@cache
def known() -> tuple[Named, ...]:
    return tuple(patterns(("tools", "agents")))


def test_patterns_of_modules_tuples_and_rules_are_found_with_their_use() -> None:
    found = {named.name: named.anchored for named in known() if named.name.startswith("tools.")}
    assert found["tools.traces.fingerprint._VARYING"] is False
    assert found["tools.text.personal_data._OF_PERSON"] is True
    assert found["tools.traces.any_language.field_values.TYPE"] is True  # imported, and called with `match` only
    assert {
        "tools.traces.unwrap.prefixes._ROWS",
        "tools.text.known_tokens._PATTERNS",
        "tools.text.named_secrets.NAMED_SECRETS",
    } <= set(found)
    assert len(found) > 300


def test_what_callers_cut_is_known_by_the_constant_that_they_cut_it_with() -> None:
    longest = {named.name: named.longest for named in known()}
    assert {name: longest[name] for name in LONGEST if longest[name] >= SIZE} == {}
    assert longest["tools.traces.fingerprint._VARYING"] == SIZE


@pytest.mark.parametrize(
    ("source", "anchored"),
    [
        ("found = P.match(line)", True),
        ("from x import P\nfound = P.fullmatch(line)", True),
        ("found = P.search(line)", False),
        ("found = P.match(line) or P.sub('', line)", False),
        ("def f(s, line):\n    p = P.get(s)\n    return bool(p and p.match(line))", True),
        ("def f(s, line):\n    return P.get(s, Q).match(line)", True),
        ("for form in P:\n    if found := form.words.match(line):\n        keep(form.name, found)", True),
        ("for form in P:\n    if found := form.words.match(line):\n        keep(form.words, found)", False),
        ("def f(p, line):\n    return p.match(line)\nfound = f(P, line)", True),
        ("def f(p, line):\n    return p.search(line)\nfound = f(P, line)", False),
        ("found = P.match(line)\nelsewhere(P)", False),
        ("def f():\n    return P if x else P.match", False),
        ("found = (P or Q).search(line)\nfound = P.match(line)", False),
    ],
)
def test_how_a_pattern_is_used_is_followed_to_where_it_is_called(source: str, anchored: bool) -> None:
    assert is_anchored("P", source, frozenset({"name"})) is anchored
