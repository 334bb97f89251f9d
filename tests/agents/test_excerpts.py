"""What is shown first is what lies nearest to the trace."""

from agents.excerpts import code_excerpt, diff_excerpt, places, trace_excerpt
from incidents.trace import Failure, Frame, StackTrace
from tests.shop import Shop
from tools.git.diff import commit_diff


def test_the_hunk_nearest_to_a_frame_comes_first(shop: Shop) -> None:
    case = shop.case()
    diff = commit_diff(case.repository, shop.culprit)
    shown = diff_excerpt(diff, places(case.evidence.trace), 2_000)
    assert shown.startswith("1 files changed\n  shop/prices.py +0 -2")
    assert "-    6     if found is None:" in shown


def test_hunks_that_do_not_fit_are_counted(shop: Shop) -> None:
    diff = commit_diff(shop.case().repository, shop.shas["import"])
    shown = diff_excerpt(diff, {"shop/prices.py": (6,)}, 420)
    assert len(shown) < 600
    assert shown.index("@@ shop/prices.py") > 0
    assert "hunks further from the trace left out" in shown


def test_source_around_frames_marks_the_failing_line_once(shop: Shop) -> None:
    case = shop.case()
    shown = code_excerpt(case.repository, case.evidence.deployed, case.evidence.trace, 5_000)
    assert ">    6     return found * 1" in shown
    assert shown.count("shop/cart.py") == 1


def test_a_line_beyond_the_file_shows_nothing(shop: Shop) -> None:
    case = shop.case()
    frame = Frame(path="shop/cart.py", repo_path="shop/cart.py", line=999)
    trace = StackTrace(failures=(Failure(frames=(frame,)),))
    assert code_excerpt(case.repository, case.evidence.deployed, trace, 5_000) == ""


def test_a_trace_nobody_recognised_is_shown_as_it_came() -> None:
    assert trace_excerpt(StackTrace(), "disk on fire") == "disk on fire"


def test_deep_traces_lose_their_outer_frames() -> None:
    frames = tuple(Frame(path="a.py", line=number, function="f") for number in range(1, 100))
    shown = trace_excerpt(StackTrace(failures=(Failure(type="RecursionError", frames=frames),)), "")
    assert "f at a.py:1\n" in shown
    assert "74 outer frames left out" in shown
