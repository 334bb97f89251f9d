"""Text that repeats itself is found and cut after its first round; quoted code is not."""

import pytest

from models.loops import is_loop, without_loop
from tests.models.replies import Judgement


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("It fails. " + "the guard is gone, " * 40, "It fails. the guard is gone, the guard is gone, …"),
        ("no " * 100, "no no …"),
        ("x" + "ha" * 200, "xha …"),
        ('{"a": ' + '{"b": 1}, ' * 30 + '{"b"', '{"a": {"b": 1}, {"b" …'),
    ],
)
def test_a_loop_is_cut_after_its_first_round(text: str, short: str) -> None:
    assert is_loop(text)
    cut = without_loop(text)
    assert len(cut) < 60
    assert cut.endswith("…")
    assert text.startswith(cut[:-2].rstrip())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "-" * 300,
        "    " * 100,
        "found is None, so found * 1 fails",
        "0, 0, 0, 0",
        "a.b.c.d.e.f",
        "\n" * 99 + "x",
    ],
)
def test_what_is_no_loop_stays_as_it_is(text: str) -> None:
    assert not is_loop(text)
    assert without_loop(text) == text


def test_a_reason_that_loops_is_shown_short() -> None:
    reply = Judgement(reason="because " * 30, caused=True)
    assert reply.reason == "because because …" or len(reply.reason) < 30


def test_a_very_long_loop_is_cut_in_no_time() -> None:
    assert len(without_loop("a" * 2_000_000)) < 10
