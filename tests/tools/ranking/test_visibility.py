"""How much of a failure was seen, and what a report says was missing."""

from dataclasses import replace

import pytest

from incidents.seen import Seen
from incidents.trace import StackTrace
from tests.tools.ranking.impacts import context, facts, frame, read, traced
from tools.impact.frame_site import FrameSite
from tools.ranking.visibility import how_much_is_seen, missing
from tools.traces.places.unclear_paths import Unclear

LONG = "return sum(price_of(each) for each in self.items)"
ONLY = read(0, LONG, leads_to="anywhere")


def test_what_there_was_is_counted() -> None:
    mapped = traced(frame(9), frame(7, path="shop/view.py"), frame(3, path="lib/web.py", in_app=False))
    found = context(frames=(read(0, LONG),), words=frozenset({"price", "item"}))
    assert how_much_is_seen(mapped, found, 4) == Seen(frames=3, mapped=2, read=1, words=2, absent=4)
    assert how_much_is_seen(traced(), context()).absent == 0


def confirmed(mapped: StackTrace, *frames: FrameSite) -> bool:
    return how_much_is_seen(mapped, context(frames=frames)).confirmed


@pytest.mark.parametrize(
    ("quoted", "agrees"),
    [(LONG, True), (f"   {LONG}\n", True), (LONG[:40] + " and the rest differs", True), (LONG[:39] + "!", False)],
)
def test_where_it_failed_the_first_forty_characters_of_the_line_decide(quoted: str, agrees: bool) -> None:
    assert confirmed(traced(frame(10, quoted)), read(0, LONG)) is agrees
    outer = (read(1, "total()", leads_to="total"), read(2, "total()", leads_to="total"))
    assert confirmed(traced(frame(10, quoted)), read(0, LONG), *outer) is agrees


def test_the_first_frame_of_the_repository_that_quotes_its_line_is_where_it_failed() -> None:
    library = frame(3, LONG, path="lib/web.py", in_app=False)
    assert not confirmed(traced(library, frame(9), frame(10, "return None")), read(0, LONG))
    assert not confirmed(traced(library, frame(10, "return None")), read(0, LONG), read(1, "f()", leads_to="f"))
    assert confirmed(traced(frame(9, in_app=False), frame(10, LONG)), read(0, LONG))


def test_a_line_that_is_quoted_from_another_file_may_agree_with_any_that_was_read() -> None:
    elsewhere = frame(5, "show(cart)", path="shop/view.py")
    assert confirmed(traced(elsewhere), read(0, LONG), read(1, "show(cart)"))
    assert not confirmed(traced(elsewhere), read(0, LONG), read(1, "hide(cart)"))
    assert confirmed(traced(elsewhere, frame(9, f"  {LONG[:40]} otherwise")), read(0, LONG))


@pytest.mark.parametrize(
    ("calls", "agrees"),
    [((), False), ((True,), True), ((False,), False), ((True, False), True), ((True, False, False), False)],
)
def test_without_quoted_lines_half_of_the_calls_have_to_lead_on(calls: tuple[bool, ...], agrees: bool) -> None:
    outer = [read(number, "f()", leads_to="f" if leads else None) for number, leads in enumerate(calls, 1)]
    assert confirmed(traced(frame(9)), ONLY, *outer) is agrees


def test_the_errors_own_words_confirm_where_it_failed() -> None:
    assert not confirmed(traced(frame(9)), read(0, LONG))
    assert confirmed(traced(frame(9)), replace(read(0, LONG), said=True))


def test_nothing_read_confirms_nothing() -> None:
    assert not confirmed(traced(frame(9, LONG)))
    assert not confirmed(traced())


@pytest.mark.parametrize(
    ("seen", "notes"),
    [
        (Seen(), ("There is no stack trace: only the words of the message could be compared.",)),
        (Seen(frames=2), ("No frame of the trace lies in a file of the repository at the deployed revision.",)),
        (Seen(frames=2, read=1), ()),  # found by its function's name
        (Seen(frames=2, mapped=1), ("No file of the trace could be read at the deployed revision.",)),
        (Seen(frames=2, mapped=1, read=1), ()),
        (
            Seen(frames=2, mapped=1, read=1, absent=1),
            ("This clone is not complete: the content of a file is not in it.",),
        ),
        (
            Seen(frames=2, mapped=1, read=1, absent=3),
            ("This clone is not complete: the content of 3 files is not in it.",),
        ),
    ],
)
def test_what_could_not_be_seen_is_said(seen: Seen, notes: tuple[str, ...]) -> None:
    assert missing(seen, context(facts("a"))) == notes


@pytest.mark.parametrize(
    ("number", "shown"),
    [(2, "a/shop.py, b/shop.py"), (3, "a/shop.py, b/shop.py, c/shop.py"), (4, "a/shop.py, b/shop.py, c/shop.py, ...")],
)
def test_which_files_a_path_may_mean_is_said_with_what_would_tell(number: int, shown: str) -> None:
    unclear = Unclear("shop.py", tuple(f"{folder}/shop.py" for folder in "abcd"[:number]))
    said = f"shop.py may be any of {number} files ({shown}); the folder that is deployed (--root) tells which."
    assert missing(Seen(frames=2), context(facts("a")), unclear) == (said,)


def test_up_to_five_commits_that_were_not_read_in_full_are_named() -> None:
    cut = [facts(f"{number}" * 12, truncated=True) for number in range(6)]
    all_seen = Seen(frames=1, mapped=1, read=1)
    named = "000000000, 111111111, 222222222, 333333333, 444444444"
    assert missing(all_seen, context(*cut)) == (f"Too large to read in full, or not all there: {named}.",)
    some = context(facts("a" * 12), cut[0], facts("b" * 12), cut[1])
    assert missing(all_seen, some) == ("Too large to read in full, or not all there: 000000000, 111111111.",)


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ((read(0, LONG),), ()),
        ((replace(read(0, LONG), printed=30),), ("its line 30 of shop/cart.py is line 10 here",)),
        (
            (read(0, LONG), replace(read(1, "f()"), printed=7), replace(read(2, "g()"), printed=8)),
            ("its line 7 of shop/cart.py is line 11 here (and 1 more like it)",),
        ),
        (
            (replace(read(0, LONG, exact=False), printed=30),),
            ("its line 30 of shop/cart.py is a line of `total` here, nobody knows which",),
        ),
        (
            (replace(read(0, LONG, exact=False), printed=30, function=None),),
            ("its line 30 of shop/cart.py is not in the file here",),
        ),
    ],
)
def test_lines_of_another_build_are_said_with_what_they_were_taken_for(
    frames: tuple[FrameSite, ...], said: tuple[str, ...]
) -> None:
    all_seen = Seen(frames=3, mapped=3, read=3)
    assert missing(all_seen, context(frames=frames)) == tuple(
        f"The trace is of another build: {each}." for each in said
    )
