"""Text of no known language, and any text at all."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.traces import nasty
from incidents.trace import Frame
from tools.traces import map_to_repository, parse, signature
from tools.traces.places.paths import PathIndex
from tools.traces.unwrap.characters import MAX_CHARACTERS
from tools.traces.unwrap.lines import MAX_LINES, read_log

NASTY = nasty()


def test_places_are_found_in_any_text() -> None:
    trace = parse('Segfault near src/foo/bar.c:12 and lib\\x\\y.cs(33,4), see "config/app.yml" line 7')
    assert trace.language is None
    assert trace.frames == (
        Frame(path="src/foo/bar.c", line=12),
        Frame(path="lib/x/y.cs", line=33, column=4),
        Frame(path="config/app.yml", line=7),
    )


def test_a_place_as_maven_writes_it_is_found() -> None:
    trace = parse("[ERROR] /srv/shop/src/main/java/shop/Cart.java:[52,22] \nerror: cannot find symbol")
    assert trace.frames == (Frame(path="/srv/shop/src/main/java/shop/Cart.java", line=52, column=22),)


def test_times_hosts_and_versions_are_no_places() -> None:
    assert parse("at 12:30:05 host example:8080 said v1.2:3").frames == ()


def test_the_sentence_that_names_an_error_gives_type_and_message() -> None:
    trace = parse("worker 3 stopped\nacme.PoolError: max_connections exceeded\nbye")
    assert (trace.exception, trace.message, trace.tokens) == (
        "acme.PoolError",
        "max_connections exceeded",
        ("max_connections",),
    )


def test_without_any_such_sentence_the_text_is_the_message() -> None:
    assert parse("  column user_nam does not exist \n").message == "column user_nam does not exist"


def test_no_text_gives_an_empty_failure() -> None:
    trace = parse("")
    assert (trace.frames, trace.message, trace.tokens) == ((), "", ())


CUES = st.sampled_from(sorted(text[:200] for text in NASTY.values()))
ANY = st.text(st.characters(), max_size=400)


@given(st.lists(ANY | CUES, max_size=6).map("\n".join))
def test_no_text_crashes_the_parser(text: str) -> None:
    trace = parse(text)
    assert len(trace.tokens) <= 64
    trace.model_dump_json()
    signature(map_to_repository(trace, PathIndex(["a.py", "src/app/x.py"])))


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", sorted(NASTY))
def test_nasty_text_does_not_hang_the_parser(name: str) -> None:
    parse(NASTY[name])


def test_work_is_bounded_whatever_the_size() -> None:
    log = read_log("".join(random.Random(1).choices(["x\n", "y" * 5_000, "\n"], k=50_000)))
    assert len(log.lines) <= MAX_LINES
    assert sum(map(len, log.lines)) <= MAX_CHARACTERS + MAX_LINES


def test_a_long_text_keeps_its_head_and_its_tail() -> None:
    tail = 'Traceback (most recent call last):\n  File "/srv/x.py", line 3, in f\n    g()\nKeyError: 1\n'
    assert parse("noise and more noise\n" * 200_000 + tail).exception == "KeyError"
    assert parse(tail + "\n".join(f"2024-01-02 03:04:05 noise {at}" for at in range(200_000))).exception == "KeyError"
