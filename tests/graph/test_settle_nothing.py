"""Where the verdict states nothing, or that no commit did it: what is not known, and what explains it instead."""

import pytest

from graph.settle import settle
from incidents.evidence import Evidence, Signal, Suspect
from incidents.seen import Seen
from incidents.trace import Failure, StackTrace
from tests.graph.settling import LIBRARY, MESSAGE, TRACE, commit, evidence, lines_of
from tools.commits.line_novelty import EDITED


def test_a_commit_that_kept_the_call_is_not_sure_while_another_gives_the_failing_code_null() -> None:
    found = evidence(0.95, 0.005, none=0.03)
    kept = Signal(name="kept_path", value=1.0, detail="made the call before", against=True)
    null = Signal(name="nothing_from_callee", value=1.0, detail="changed when it returns null")
    first, second = found.suspects
    first = first.model_copy(update={"signals": (*first.signals, kept)})
    second = second.model_copy(update={"signals": (null,)})
    verdict = settle(found.model_copy(update={"suspects": (first, second)}), lines_of=lines_of)
    assert (verdict.culprit, verdict.confidence.word) == ("a", "medium")
    assert "b changed when the failing code is given null" in verdict.confidence.basis
    assert verdict.next_step.startswith("Read both a and b, ")
    hits = found.model_copy(update={"suspects": (first, second), "hit_failing_line": ("a",)})
    assert settle(hits, lines_of=lines_of).confidence.word == "high"


def test_a_guessed_window_is_not_enough_to_say_that_none_of_its_commits_did_it() -> None:
    guessed = evidence(0.01, none=0.99).model_copy(update={"guessed": True})
    verdict = settle(guessed, lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == ("not_enough", "low")
    assert verdict.reason.startswith("Which commits were deployed is not known")
    assert "which commits were deployed is not known" in verdict.confidence.basis
    assert verdict.next_step == "Give the deployed revision and the last good one, then investigate again."
    assert verdict.sides[0].startswith("None of the commits that were compared (99%)")
    older = Suspect(commit=commit("old"), probability=0.8)
    verdict = settle(guessed.model_copy(update={"older": older}), lines_of=lines_of)
    assert "Or read old, which is older" in verdict.next_step
    assert verdict.to_read == ("old",)


def test_none_is_not_sure_while_a_commit_changed_what_the_failing_line_is_given() -> None:
    found = evidence(0.02, none=0.97)
    given = Signal(name="changed_what_gives_value", value=1.0, detail="changed what it returns")
    suspect = found.suspects[0].model_copy(update={"signals": (given,)})
    verdict = settle(found.model_copy(update={"suspects": (suspect,)}), lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == ("none", "medium")
    assert "a changed what the failing line is given" in verdict.confidence.basis
    assert verdict.next_step.endswith("Read a too.")


@pytest.mark.parametrize("seen", [LIBRARY, MESSAGE, Seen()])
def test_where_it_is_not_enough_to_tell_no_number_says_that_none_of_them_did_it(seen: Seen) -> None:
    verdict = settle(evidence(0.05, none=0.92, seen=seen, instead=()), lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.probability, verdict.confidence.word) == ("not_enough", 0.05, "low")
    assert verdict.confidence.basis[0] == "git evidence alone gives no commit more than 5% (a)"
    assert not any("92%" in text for text in (*verdict.confidence.basis, *verdict.sides, verdict.reason))


def test_an_empty_window_that_nobody_named_clears_nothing() -> None:
    empty = Evidence(trace=TRACE, base="0", deployed="0", none_probability=0.0, guessed=True)
    verdict = settle(empty, lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == ("not_enough", "low")
    assert verdict.reason.startswith("Which commits were deployed is not known")
    assert verdict.next_step.startswith("Give the deployed revision and the last good one")
    assert verdict.confidence.basis[0] == "no commit could be compared"


def test_nothing_deployed_is_said_so() -> None:
    why = "Nothing was deployed between the two revisions."
    empty = Evidence(trace=TRACE, base="0", deployed="0", none_probability=1.0, instead=(why,))
    verdict = settle(empty, lines_of=lines_of)
    assert verdict.reason == "Nothing was deployed between the two revisions."
    assert "older base" in verdict.next_step
    assert "only the message was seen, no stack trace" not in verdict.confidence.basis


def test_an_older_commit_that_explains_it_better_is_read_first() -> None:
    older = Suspect(commit=commit("old"), probability=0.3)
    found = evidence(0.15, 0.05, none=0.54, instead=("old from before the deploy explains it better.",))
    told = settle(found.model_copy(update={"older": older}), lines_of=lines_of)
    assert told.outcome == "unsure"
    assert told.next_step == "Read old (from before the deploy) and a against the trace before reverting anything."
    assert told.to_read == ("old", "a")
    weaker = older.model_copy(update={"probability": 0.1})
    told = settle(found.model_copy(update={"older": weaker}), lines_of=lines_of)
    assert told.next_step == "Read a against the trace before reverting anything."
    assert told.to_read == ("a",)


def test_without_a_stack_trace_a_commit_is_read_against_the_error() -> None:
    bare = StackTrace(failures=(Failure(type="TypeError", message="None", frames=()),))
    found = evidence(0.44, 0.2, none=0.3).model_copy(update={"trace": bare})
    assert settle(found, lines_of=lines_of).next_step == "Read a and b against the error before reverting anything."


def test_the_side_of_no_commit_is_no_refutation_of_itself() -> None:
    told = settle(evidence(0.44, 0.2, none=0.36, instead=()), lines_of=lines_of)
    none = next(each for each in told.sides if each.startswith("No commit of this deploy (36%): "))
    assert none.endswith("no commit explains the failure for certain, and no other cause was seen either.")


def test_the_side_of_no_commit_names_the_older_one_that_is_to_be_read() -> None:
    older = Suspect(commit=commit("old"), probability=0.3, reasons=("Wrote the line that fails.",))
    found = evidence(0.15, 0.05, none=0.54, instead=()).model_copy(update={"older": older})
    told = settle(found, lines_of=lines_of)
    assert told.to_read == ("old", "a")
    said = "old from before the deploy explains it at least as well: Wrote the line that fails."
    assert any(each.endswith(said) for each in told.sides)


def test_it_is_told_why_what_is_as_likely_as_a_stated_answer_is_not_stated() -> None:
    verdict = settle(evidence(0.02, none=0.96, instead=()), lines_of=lines_of)
    assert verdict.outcome == "unsure"
    assert "That is not stated: a deploy is cleared only where something seen explains" in verdict.reason
    found = evidence(0.97, 0.01, none=0.01)
    first, second = found.suspects
    kept = (Signal(name="wrote_any_new_line", value=EDITED, detail="edited the line"),)
    edited = found.model_copy(update={"suspects": (first.model_copy(update={"signals": kept}), second)})
    assert "a is not stated: it kept the expression that fails or the call" in settle(edited, lines_of=lines_of).reason
    texts = (Signal(name="only_texts", value=1.0, detail="changed only a text", against=True),)
    gives = (Signal(name="nothing_arrives", value=1.0, detail="changed when it returns null"),)
    sides = first.model_copy(update={"signals": texts}), second.model_copy(update={"signals": gives})
    verdict = settle(found.model_copy(update={"suspects": sides}), lines_of=lines_of)
    assert "a is not stated: in the functions of the trace it changed only texts" in verdict.reason
    assert "and b changed what gives such a value" in verdict.reason
