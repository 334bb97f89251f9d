"""What a "not sure" names to be read: what is worth it, nothing empty, and the same as its reasons say."""

from graph.settle import settle
from incidents.evidence import Doubt, Evidence, Signal, Suspect
from incidents.seen import Seen
from incidents.trace import Failure, Frame, StackTrace
from tests.graph.settling import commit

_FRAME = Frame(path="a.py", line=3, function="total", source="x", repo_path="a.py")
_SEEN = Seen(confirmed=True, frames=1, mapped=1, read=1, words=3)


def found(*suspects: Suspect, none: float, **more: object) -> Evidence:
    plain = Evidence(
        trace=StackTrace(failures=(Failure(type="KeyError", message="x", frames=(_FRAME,)),)),
        base="b" * 40,
        deployed="d" * 40,
        suspects=suspects,
        none_probability=none,
        seen=_SEEN,
    )
    return plain.model_copy(update=more)


def suspect(sha: str, chance: float, *signals: str) -> Suspect:
    given = tuple(Signal(name=name, value=1.0, detail="did") for name in signals)
    return Suspect(commit=commit(sha), probability=chance, reasons=(f"Changed {sha}.",), signals=given)


def test_with_nothing_to_read_it_says_what_else_to_check() -> None:
    verdict = settle(found(none=0.99), lines_of=lambda path: None)
    assert verdict.outcome == "unsure"
    assert verdict.next_step.startswith("Check what changed without a deploy")


def test_a_runner_up_that_is_hardly_possible_is_not_read_for_where_it_made_its_change() -> None:
    for chance, read in ((0.01, False), (0.08, True)):
        likely = suspect("a", 0.4)
        verdict = settle(
            found(likely, suspect("b", chance, "nothing_from_callee"), none=0.45), lines_of=lambda path: None
        )
        assert verdict.outcome == "unsure"
        assert ("b" in verdict.to_read) is read


def test_the_commit_from_before_that_is_to_be_read_stands_in_the_reasons_too() -> None:
    older = suspect("c", 0.4)
    verdict = settle(found(suspect("a", 0.3), none=0.6, older=older), lines_of=lambda path: None)
    assert verdict.outcome == "unsure"
    assert "c" in verdict.to_read
    assert any(f"{older.commit.sha[:9]} from before the deploy" in side for side in verdict.sides)


def test_a_commit_that_changed_what_the_error_speaks_of_keeps_every_none_from_being_stated() -> None:
    told = found(suspect("a", 0.01), none=0.98, instead=("It is older.",))
    assert settle(told, lines_of=lambda path: None).outcome == "none"
    doubt = Doubt(commit=commit("a").sha, why="Changed a line with `8080`, which the error names.")
    verdict = settle(told.model_copy(update={"doubts": (doubt,)}), lines_of=lambda path: None)
    assert verdict.outcome == "unsure"
    assert verdict.to_read == ("a",)
    assert any(doubt.why in side for side in verdict.sides)
