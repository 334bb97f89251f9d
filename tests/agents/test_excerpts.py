"""What is shown of a trace."""

from agents.excerpts import places, trace_excerpt
from incidents.trace import Failure, Frame, StackTrace
from tests.shop import Shop


def test_a_trace_nobody_recognised_is_shown_as_it_came() -> None:
    assert trace_excerpt(StackTrace(), "disk on fire") == "disk on fire"


def test_deep_traces_lose_their_outer_frames_but_not_those_of_the_repository() -> None:
    frames = [Frame(path="lib.py", line=number, function="f") for number in range(1, 100)]
    frames[60] = Frame(path="a.py", line=7, function="ours", repo_path="a.py")
    shown = trace_excerpt(StackTrace(failures=(Failure(type="RecursionError", frames=tuple(frames)),)), "")
    assert "f at lib.py:1\n" in shown
    assert "* ours at a.py:7" in shown
    assert "86 outer frames left out" in shown


def test_the_places_of_a_trace_are_those_of_the_repository(shop: Shop) -> None:
    assert places(shop.evidence().trace) == {"shop/prices.py": (6,), "shop/cart.py": (9, 9)}


def test_frames_that_an_earlier_failure_showed_are_not_shown_again() -> None:
    library = [Frame(path="lib.py", line=number, function="f") for number in (1, 2, 3)]
    first = Frame(path="a.py", line=7, function="ours", repo_path="a.py")
    second = Frame(path="a.py", line=9, function="ours", repo_path="a.py")
    failures = tuple(Failure(type="TypeError", frames=(*library, last)) for last in (first, second))
    shown = trace_excerpt(StackTrace(failures=failures), "").split("\n")
    assert shown.count("    f at lib.py:1") == 1
    assert shown[-2:] == ["  [3 frames as above]", "  * ours at a.py:9"]
