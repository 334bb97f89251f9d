"""What developer and judge both answer, told apart from what anybody could say: how far it is followed without a record."""

from collections.abc import Sequence

import pytest

from graph.settle import settle
from incidents.advice import Advice
from incidents.evidence import Evidence
from incidents.opinion import Opinion, Proof, ProofStep
from incidents.trace import Failure, StackTrace
from incidents.verdict import Verdict
from tests.graph.both_ends import BLAMES_B, CULPRIT_B, ENDS, Apart, read
from tests.graph.settling import (
    FRAME,
    LIBRARY,
    MESSAGE,
    NotArriving,
    Ties,
    acquitted,
    evidence,
    explained_by,
    lines_of,
    said,
    team,
)

NONE = Advice(decision="none")


def older(opinions: Sequence[Opinion], *lines: int) -> list[Opinion]:
    """The same opinions; the developer explains the failure by these lines of older code."""
    proof = Proof(steps=tuple(_step("shop/prices.py", line) for line in lines))
    return [each.model_copy(update={"proof": proof}) if each.agent == "developer" else each for each in opinions]


def _step(path: str, line: int) -> ProofStep:
    return ProofStep(path=path, line=line)


def settled(
    opinions: Sequence[Opinion],
    advice: Advice | None = CULPRIT_B,
    *,
    seen: Evidence | None = None,
    steps: Ties | None = None,
) -> Verdict:
    """The verdict, where git alone is sure of a."""
    git = seen or evidence(0.97, 0.01, none=0.01)
    return settle(git, opinions, advice, lines_of=lines_of, steps=steps or Apart())


def test_a_team_with_both_ends_in_code_overrules_what_git_is_sure_of_and_says_what_is_missing() -> None:
    verdict = settled(BLAMES_B)
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "b", "low")
    assert verdict.reason == "developer says"
    assert verdict.confidence.basis[0] == "git evidence alone points to a (97%), the agents to b, to which git gives 1%"
    assert "code did not find a way from the changed line to the failing one" in verdict.confidence.basis
    assert verdict.next_step == "Read both b and a, revert the one that did it, then watch whether the errors stop."


def test_where_git_clears_all_a_commit_without_a_way_is_read_before_it_is_reverted() -> None:
    verdict = settled(BLAMES_B, seen=evidence(0.02, 0.05, none=0.9))
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "b", "low")
    expected = "Read b against the trace; if it explains the failure, revert it, then watch whether the errors stop."
    assert verdict.next_step == expected


def test_nothing_of_it_touches_a_commit_that_git_names_and_that_hits_the_failing_line() -> None:
    hit = evidence(0.97, 0.01, none=0.01).model_copy(update={"hit_failing_line": ("a",)})
    assert (settled(BLAMES_B, seen=hit).outcome, settled(BLAMES_B, seen=hit).culprit) == ("culprit", "a")


@pytest.mark.parametrize(
    "opinions",
    [
        read([*team("b", *ENDS, others="a"), said("zero_shot", "a", True)]),  # yes to both tells nothing
        read([*team("b", *ENDS, others="a"), said("zero_shot", "b", False)]),  # somebody clears it
        read([each for each in team("b", *ENDS) if each.agent == "developer"]),  # no SRE answered
        read([*team("b", *ENDS)[::2], said("developer", "a", False)]),  # the only SRE was asked of b alone
        team("b", *ENDS, others="a"),  # no changed line is stated
        read(team("b", ("no/such.py", 1), others="a")),  # no line of it exists
    ],
)
def test_who_does_not_tell_commits_apart_or_shows_no_ends_is_not_followed(opinions: list[Opinion]) -> None:
    assert settled(opinions).culprit != "b"


def test_a_changed_line_that_is_not_in_the_diff_leaves_the_answer_of_git() -> None:
    assert settled(BLAMES_B, steps=Apart(found=False)).culprit == "a"


@pytest.mark.parametrize("advice", [None, NONE, Advice(decision="unsure"), Advice(decision="culprit", commit="a")])
def test_the_judge_must_name_it_too(advice: Advice | None) -> None:
    assert settled(BLAMES_B, advice).culprit != "b"


def test_a_zero_shot_sre_that_was_asked_of_two_commits_speaks_for_who_compares() -> None:
    opinions = [each for each in team("b", *ENDS, others="a") if each.agent != "chain_of_thought"]
    assert settled(read(opinions)).culprit == "b"


def test_developer_and_judge_alone_make_it_not_sure_when_nobody_names_a_third() -> None:
    alone = [said("developer", "b", True, *ENDS), said("chain_of_thought", "a", False)]
    verdict = settled(read(alone), seen=evidence(0.06, 0.05, none=0.87))
    assert (verdict.outcome, verdict.confidence.word) == ("unsure", "low")
    assert verdict.reason.startswith("Git points to none of these commits (87%), the opinions to b")
    repeated = read([said("developer", "a", True, *ENDS), said("chain_of_thought", "b", False)])
    first = settled(repeated, Advice(decision="culprit", commit="a"), seen=evidence(0.06, 0.05, none=0.87))
    assert first.outcome == "none"  # who only repeats git's order names its first suspect


def test_where_only_a_message_was_seen_the_changed_line_is_the_end_that_there_is() -> None:
    seen = evidence(0.1, 0.01, none=0.5, seen=MESSAGE, instead=())
    verdict = settled(BLAMES_B, seen=seen, steps=NotArriving())
    assert (verdict.outcome, verdict.culprit, verdict.confidence.word) == ("culprit", "b", "low")
    assert settled(BLAMES_B, seen=seen, steps=NotArriving(found=False)).outcome == "not_enough"


CLEARED = acquitted("a", *ENDS)


def test_two_places_of_older_code_settle_what_git_leaves_open_when_the_team_says_so() -> None:
    open_ = evidence(0.35, none=0.5)
    verdict = settled(older(CLEARED, 4, 6), NONE, seen=open_)
    assert (verdict.outcome, verdict.confidence.word) == ("none", "low")
    accused = [*CLEARED, said("zero_shot", "b", True)]
    for opinions, advice in ((accused, NONE), (CLEARED, Advice(decision="unsure")), (acquitted("a", ENDS[1]), NONE)):
        assert settled(older(opinions, 4, 6), advice, seen=evidence(0.35, 0.01, none=0.5)).outcome == "unsure"


def test_two_places_do_not_clear_a_commit_that_git_names() -> None:
    verdict = settled(older(CLEARED, 4, 6), NONE, seen=evidence(0.6, none=0.3))
    assert verdict.culprit == "a"


class Elsewhere(Ties):
    """Every step is found; no line of the trace lies in this code."""

    def checked(self, sha: str, proof: Proof) -> Proof:
        """As if no frame was placed."""
        return super().checked(sha, proof).model_copy(update={"arrives": False})


@pytest.mark.parametrize(("places", "outcome"), [(ENDS, "none"), (ENDS[1:], "not_enough")])
def test_of_frames_of_other_code_two_places_are_enough_and_one_is_not(
    places: tuple[tuple[str, int], ...], outcome: str
) -> None:
    seen = evidence(0.2, none=0.4, seen=LIBRARY, instead=())
    opinions = older(acquitted("a", *places), *(line for _, line in places))
    assert settle(seen, opinions, NONE, lines_of=lines_of, steps=Elsewhere()).outcome == outcome


def test_lines_that_the_trace_itself_names_settle_nothing() -> None:
    """Anybody can copy them: where the failing value was made is another line."""
    frames = tuple(FRAME.model_copy(update={"line": line}) for line in (6, 4))
    trace = {"trace": StackTrace(failures=(Failure(type="TypeError", message="None", frames=frames),))}
    copied, more = older(CLEARED, 4, 6), older(CLEARED, 5, 6)

    def told(opinions: list[Opinion], *chances: float) -> tuple[str, str]:
        *suspects, none = chances
        seen = evidence(*suspects, none=none).model_copy(update=trace)
        verdict = settle(seen, opinions, NONE, lines_of=lines_of, steps=Ties())
        return verdict.outcome, verdict.confidence.word

    assert told(copied, 0.35, 0.5) == ("unsure", "low")
    assert told(more, 0.35, 0.5) == ("none", "medium")
    assert told(copied, 0.6, 0.3) == ("culprit", "low")
    assert told(more, 0.6, 0.3) == ("none", "low")


def test_a_way_that_code_found_is_not_followed_where_an_agent_says_yes_to_everything() -> None:
    """The way can be copied too; who accuses all cannot tell."""
    way = explained_by(team("b", ("shop/prices.py", 3), others="a"))
    git = evidence(0.6, 0.3, none=0.05)
    assert settle(git, way, CULPRIT_B, lines_of=lines_of, steps=Ties()).culprit == "b"
    everybody = [*way, said("zero_shot", "a", True)]
    assert settle(git, everybody, CULPRIT_B, lines_of=lines_of, steps=Ties()).culprit == "a"


def test_who_was_asked_of_one_commit_alone_and_said_no_to_nothing_is_not_followed() -> None:
    verdict = settle(
        evidence(0.05, none=0.9), read(team("a", ("shop/prices.py", 4), ENDS[1])), Advice(decision="culprit", commit="a"),
        lines_of=lines_of, steps=Apart(),
    )  # fmt: skip
    assert verdict.outcome == "none"


def test_what_git_gives_more_than_the_bound_is_left_open_by_ends_alone_and_moved_by_a_way() -> None:
    sure = evidence(0.98, 0.005, none=0.005)
    assert settled(BLAMES_B, seen=sure).outcome == "unsure"
    way = explained_by(team("b", ("shop/prices.py", 3), others="a"))
    assert settle(sure, way, CULPRIT_B, lines_of=lines_of, steps=Ties()).culprit == "b"


def test_a_commit_that_no_sre_was_asked_about_needs_one_that_clears_the_others_and_none_that_compares_and_says_no() -> (
    None
):
    """It was ruled out, so nobody was asked about it; who compares all may not be able to tell."""
    reads = [said("developer", "b", True, *ENDS), said("developer", "a", False)]
    clears, compares = said("zero_shot", "a", False), said("chain_of_thought", "b", False)
    answers = [settled(read([*reads, *more])).culprit for more in ((clears,), (), (clears, compares))]
    assert answers == ["b", None, None]


def test_where_git_and_the_agents_point_to_different_commits_both_are_told_and_read() -> None:
    opinions = read([said("developer", "b", True, *ENDS), said("chain_of_thought", "c", True)])
    verdict = settled(opinions, seen=evidence(0.35, 0.1, 0.05, none=0.34))
    assert (verdict.outcome, verdict.reason) == (
        "unsure",
        "Git points to a (35%), the opinions to b; code could not follow them to the failure.",
    )
    assert verdict.next_step == "Read a and b against the trace before reverting anything."
    cleared = settled(opinions, seen=evidence(0.06, 0.03, 0.01, none=0.6, instead=()))
    assert cleared.next_step == "Read b against the trace before reverting anything."
    assert cleared.confidence.basis[0] == (
        "git evidence alone points to none of these commits (60%), the agents to b, to which git gives 3%"
    )


def test_where_no_line_of_the_failure_lies_in_this_code_no_way_is_said_to_be_missing() -> None:
    """There is nowhere to arrive: the words must not make the commit look less likely for it."""
    seen = evidence(0.3, 0.1, none=0.4, seen=LIBRARY)
    facts = settled(BLAMES_B, seen=seen).confidence.basis
    assert "no line of the failure lies in this code, to which a way could lead" in facts
    assert not any("did not find a way" in each or "on the way of the failing execution" in each for each in facts)
