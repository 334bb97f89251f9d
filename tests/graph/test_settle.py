"""The verdict is settled from what code can check; the judge advises."""

from dataclasses import replace

import pytest

from graph.settle import settle
from graph.thresholds import WEIGHTS
from incidents.advice import Advice
from incidents.evidence import Signal
from incidents.opinion import Citation, Opinion
from incidents.seen import Seen
from incidents.verdict import Verdict
from tests.graph.settling import CODE, LIBRARY, MESSAGE, OLD_LINE, PROVEN, evidence, lines_of, said


def shas(verdict: Verdict) -> list[str]:
    """Every commit the verdict speaks of."""
    return [each.commit.sha for each in verdict.suspects] + [each.commit.sha for each in verdict.ruled_out]


@pytest.mark.parametrize(
    ("chances", "none", "outcome", "word"),
    [
        ((0.9,), 0.05, "culprit", "high"),
        ((0.6, 0.2), 0.1, "culprit", "medium"),
        ((0.51,), 0.4, "culprit", "low"),
        ((0.47,), 0.5, "unsure", "low"),
        ((0.44, 0.39), 0.1, "unsure", "low"),
        ((0.35, 0.33), 0.2, "unsure", "low"),
        ((0.3, 0.3), 0.4, "unsure", "low"),
        ((0.3, 0.1), 0.58, "unsure", "low"),
        ((0.1, 0.1), 0.69, "unsure", "low"),
        ((0.5,), 0.41, "unsure", "low"),
        ((0.1,), 0.85, "none", "high"),
        ((), 1.0, "none", "high"),
    ],
)
def test_the_outcome_and_its_word_follow_the_thresholds(
    chances: tuple[float, ...], none: float, outcome: str, word: str
) -> None:
    verdict = settle(evidence(*chances, none=none), lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == (outcome, word)
    assert verdict.culprit == ("a" if outcome == "culprit" else None)
    assert verdict.mode == "evidence"
    assert verdict.reason
    assert verdict.next_step
    assert "no language model took part" in verdict.confidence.basis


@pytest.mark.parametrize("none", [0.44, 0.46, 0.5])
def test_a_suspect_that_does_not_clearly_beat_none_is_not_the_culprit(none: float) -> None:
    likely = evidence(0.46, none=none)
    assert settle(likely, lines_of=lines_of).culprit is None
    assert settle(likely.model_copy(update={"none_probability": 0.36}), lines_of=lines_of).culprit == "a"


@pytest.mark.parametrize("seen", [LIBRARY, MESSAGE, Seen()])
def test_where_no_code_was_seen_and_nothing_stands_out_it_is_not_enough_to_tell(seen: Seen) -> None:
    verdict = settle(evidence(0.05, none=0.9, seen=seen, instead=()), lines_of=lines_of)
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("not_enough", None, "low")
    assert verdict.reason.startswith("Too little could be seen to tell: ")
    assert verdict.next_step.startswith("Give ")
    assert shas(verdict) == ["a", "z"]


@pytest.mark.parametrize("seen", [CODE, LIBRARY, MESSAGE])
def test_none_of_them_is_never_concluded_without_something_that_explains_it(seen: Seen) -> None:
    unexplained = settle(evidence(0.15, none=0.8, seen=seen, instead=()), lines_of=lines_of)
    assert unexplained.outcome == ("unsure" if seen.read else "not_enough")
    assert settle(evidence(0.15, none=0.8, seen=seen), lines_of=lines_of).outcome == "none"


def test_a_suspect_that_wrote_no_line_of_the_trace_needs_more_by_git_alone() -> None:
    beside = Signal(name="touched_trace_file", value=1.0, detail="changed a file of the trace")
    found = evidence(0.6, none=0.3)
    without = found.model_copy(update={"suspects": (found.suspects[0].model_copy(update={"signals": (beside,)}),)})
    assert settle(found, lines_of=lines_of).culprit == "a"
    assert settle(without, lines_of=lines_of).outcome == "unsure"


def test_not_sure_gives_each_side_with_its_probability_and_reason() -> None:
    verdict = settle(evidence(0.47, 0.03, none=0.5), lines_of=lines_of)
    assert verdict.reason == "Either no commit of this deploy (50%) or a (47%)."
    assert verdict.sides == (
        f"No commit of this deploy (50%): {OLD_LINE}",
        "a (47%): It changed the failing line.",
    )


def test_what_is_missing_and_how_to_give_it_follow_from_what_was_seen() -> None:
    def told(seen: Seen) -> tuple[str, str]:
        verdict = settle(evidence(0.05, none=0.9, seen=seen, instead=()), lines_of=lines_of)
        return verdict.reason, verdict.next_step

    assert "no message that names anything" in told(Seen())[0]
    assert "the message fits no commit more than another" in told(MESSAGE)[0]
    assert "none of the 2 frames lies in this repository" in told(LIBRARY)[0]
    absent = told(Seen(frames=2, mapped=2, absent=3))
    assert "none of the trace's files could be read in this clone" in absent[0]
    assert "git fetch --refetch" in absent[1]


@pytest.mark.parametrize("doubt", ["hit_failing_line", "read_in_part"])
def test_none_is_never_sure_while_a_suspect_hits_the_failing_line_or_was_not_read(doubt: str) -> None:
    seen = evidence(0.1, none=0.9).model_copy(update={doubt: ("a",)})
    verdict = settle(seen, lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == ("none", "medium")
    assert any(
        fact.startswith("a changed code at") or fact == "a was not read in full" for fact in verdict.confidence.basis
    )
    assert verdict.next_step.endswith("Read a too.")


@pytest.mark.parametrize("chances", [(), (0.1,), (0.1, 0.05)])
def test_while_a_commit_could_not_be_read_it_is_never_none_of_them(chances: tuple[float, ...]) -> None:
    verdict = settle(evidence(*chances, none=0.85).model_copy(update={"unread": ("z" * 40,)}), lines_of=lines_of)
    assert (verdict.outcome, verdict.confidence.word) == ("unsure", "low")
    assert "1 commit of the deploy could not be read" in verdict.reason
    assert "z" * 9 in verdict.next_step


def test_what_could_not_be_read_does_not_protect_who_was_read() -> None:
    verdict = settle(evidence(0.9, none=0.05).model_copy(update={"unread": ("z" * 40,)}), lines_of=lines_of)
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "a", "high")


def test_every_commit_of_the_window_is_there_once() -> None:
    verdict = settle(evidence(0.5, 0.2, 0.1, none=0.2), [said("zero_shot", "b", True)], lines_of=lines_of)
    assert sorted(shas(verdict)) == ["a", "b", "c", "z"]


def test_high_needs_a_measured_signal() -> None:
    verdict = settle(evidence(0.9, none=0.05, measured=False), lines_of=lines_of)
    assert verdict.confidence.word == "medium"


def test_agents_can_change_the_order_of_the_suspects() -> None:
    opinions = [said("chain_of_thought", "b", True), said("developer", "b", True, ("shop/prices.py", 3))]
    opinions.append(said("zero_shot", "a", False))
    verdict = settle(evidence(0.4, 0.35, none=0.2), opinions, lines_of=lines_of, steps=PROVEN)
    assert [each.commit.sha for each in verdict.suspects] == ["b", "a"]


def test_an_opinion_about_no_candidate_is_dropped() -> None:
    verdict = settle(evidence(0.4, none=0.4), [said("zero_shot", "z", True)], lines_of=lines_of)
    assert verdict.opinions == ()
    assert verdict.mode == "evidence"


@pytest.mark.parametrize("named", [None, "z", "unheard-of"])
def test_a_judge_that_names_no_candidate_is_not_followed(named: str | None) -> None:
    opinions = [said("zero_shot", "a", True)]
    without = settle(evidence(0.45, none=0.45), opinions, lines_of=lines_of)
    advised = settle(evidence(0.45, none=0.45), opinions, Advice(decision="culprit", commit=named), lines_of=lines_of)
    assert advised.confidence.probability == without.confidence.probability
    assert (
        "the SRE manager named no candidate of this deploy, so its advice was not counted" in advised.confidence.basis
    )


def test_a_judge_that_names_a_suspect_makes_it_likelier_as_far_as_the_weights_say() -> None:
    opinions, advice = [said("zero_shot", "a", True)], Advice(decision="culprit", commit="a")

    def likely(advice: Advice | None, judge: float) -> float:
        weights = replace(WEIGHTS, judge=judge)
        return (
            settle(evidence(0.45, none=0.45), opinions, advice, lines_of=lines_of, weights=weights)
            .suspects[0]
            .probability
        )

    assert likely(None, 0.75) < likely(advice, 0.75) < likely(advice, 1.5)


def test_the_last_word_of_an_agent_counts() -> None:
    first, second = said("developer", "a", True, ("shop/prices.py", 6)), said("developer", "a", False)
    verdict = settle(evidence(0.4, none=0.4), [first, second], lines_of=lines_of)
    assert [each.caused for each in verdict.opinions] == [False]


def test_who_spoke_and_could_not_be_asked_again_is_still_heard_and_named_as_unreached() -> None:
    word = said("developer", "a", True, ("shop/prices.py", 6))
    silent = Opinion(agent="developer", commit="a", caused=None, abstained="no answer", unreached=True)
    verdict = settle(evidence(0.4, none=0.4), [word, silent], lines_of=lines_of)
    assert verdict.opinions == (word,)
    assert (verdict.mode, verdict.unreached) == ("agents", ("developer",))


def test_a_judge_that_could_not_be_asked_is_named_as_unreached() -> None:
    advice = Advice(abstained="no answer", unreached=True)
    verdict = settle(evidence(0.4, none=0.4), [said("developer", "a", True)], advice, lines_of=lines_of)
    assert verdict.unreached == ("judge",)


def test_an_answer_has_no_sides_and_not_sure_has() -> None:
    assert settle(evidence(0.9, none=0.05), lines_of=lines_of).sides == ()
    assert settle(evidence(0.47, none=0.5), lines_of=lines_of).sides != ()


@pytest.mark.parametrize("places", [(), (("shop/prices.py", 5),), (("no/such/file.py", 5),)])
def test_a_low_word_stands_against_an_objection_without_a_way_that_code_found(
    places: tuple[tuple[str, int], ...],
) -> None:
    found, objection = evidence(0.51, none=0.4), [said("zero_shot", "a", False, *places)]
    verdict = settle(found, objection, lines_of=lines_of)
    alone = settle(found, lines_of=lines_of)
    assert (alone.culprit, alone.confidence.word) == ("a", "low")
    assert verdict.outcome == "culprit"
    assert (verdict.confidence.word, verdict.confidence.probability) == ("low", alone.confidence.probability)


@pytest.mark.parametrize("places", [(), (("shop/prices.py", 5),)])
def test_any_objection_makes_a_better_word_one_less_sure(places: tuple[tuple[str, int], ...]) -> None:
    found, objection = evidence(0.6, 0.2, none=0.1), [said("zero_shot", "a", False, *places)]
    assert settle(found, lines_of=lines_of).confidence.word == "medium"
    verdict = settle(found, objection, lines_of=lines_of)
    assert (verdict.culprit, verdict.confidence.word) == ("a", "low")


def test_a_citation_may_name_a_commit_that_was_ruled_out() -> None:
    cited = tuple(Citation(path="shop/prices.py", line=6, commit=sha) for sha in ("z", "unheard-of"))
    word = said("developer", "a", True).model_copy(update={"citations": cited})
    verdict = settle(evidence(0.4, none=0.4), [word], lines_of=lines_of)
    assert [each.commit for each in verdict.opinions[0].citations] == ["z"]


def test_an_abstention_is_kept_but_counts_nothing() -> None:
    silent = Opinion(agent="zero_shot", commit="a", caused=None, abstained="the language model did not answer")
    verdict = settle(evidence(0.6, none=0.3), [silent], lines_of=lines_of)
    assert verdict.mode == "evidence"
    assert verdict.opinions == (silent,)


@pytest.mark.parametrize(
    ("chances", "none", "hits", "told"),
    [
        ((0.55, 0.31), 0.1, (), "Read both a and b, revert the one that did it, then watch whether the errors stop."),
        ((0.6, 0.2), 0.1, (), "Revert a, then watch whether the errors stop."),
        ((0.6, 0.2), 0.1, ("b",), "Read both a and b, revert the one that did it, then watch whether the errors stop."),
        ((0.9, 0.05), 0.03, ("b",), "Revert a, then watch whether the errors stop."),
        ((0.44, 0.39), 0.1, (), "Read both a and b against the trace before reverting anything."),
        ((0.44, 0.2), 0.3, ("b",), "Read both a and b against the trace before reverting anything."),
        ((0.44, 0.2), 0.3, (), "Read a and b against the trace before reverting anything."),
    ],
)
def test_a_runner_up_that_is_likely_too_or_touches_the_failing_line_is_to_be_read_as_well(
    chances: tuple[float, ...], none: float, hits: tuple[str, ...], told: str
) -> None:
    seen = evidence(*chances, none=none).model_copy(update={"hit_failing_line": hits})
    assert settle(seen, lines_of=lines_of).next_step == told


def test_a_commit_from_before_the_deploy_is_named_also_when_nobody_of_the_deploy_is_suspected() -> None:
    (older,) = evidence(0.9, none=0.1).suspects
    verdict = settle(evidence(none=1.0).model_copy(update={"older": older}), lines_of=lines_of)
    assert verdict.outcome == "none"
    assert verdict.next_step.startswith("Read a, which was live before")


def test_agents_that_could_not_tell_took_part() -> None:
    silent = Opinion(agent="developer", commit="a", caused=None, abstained="it cannot tell", undecided=True)
    asked = settle(evidence(0.1, none=0.5), [silent], lines_of=lines_of).confidence.basis
    assert "the agents could not tell" in asked
    assert "no language model took part" not in asked
    away = silent.model_copy(update={"undecided": False, "unreached": True})
    assert "no language model took part" in settle(evidence(0.1, none=0.5), [away], lines_of=lines_of).confidence.basis
