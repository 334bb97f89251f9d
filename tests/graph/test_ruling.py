"""What is read off the probabilities: answer, commit, figure and word."""

import pytest

from graph.citations import Proofs
from graph.posterior import Posterior
from graph.ruling import Ruling, giver_of_null, givers_of_value, open_doubts, rule
from graph.thresholds import THRESHOLDS, Thresholds
from incidents.evidence import Doubt, Evidence, RuledOut, Signal, Suspect
from incidents.seen import Seen
from incidents.verdict import Outcome, Word
from tests.graph.settling import CODE, LIBRARY, MEASURED, MESSAGE, commit, evidence
from tools.commits.line_novelty import EDITED
from tools.ranking.elsewhere import FROM_OUTSIDE

NONE_FOUND = Proofs({}, frozenset())
UNCONFIRMED = Seen(frames=2, mapped=1, read=1, words=1)
SOME = Signal(name="size", value=0.5, detail="is small")


def suspect(sha: str, probability: float, *signals: str, value: float = 1.0) -> Suspect:
    measured = tuple(Signal(name=name, value=value, detail=name) for name in signals)
    return Suspect(commit=commit(sha), probability=probability, reasons=("It did.",), signals=measured)


def ruling(*chances: float, none: float, outcome: Outcome = "culprit", word: Word = "high") -> Ruling:
    suspects = tuple(suspect(sha, chance) for sha, chance in zip("abc", chances, strict=False))
    return Ruling(outcome, suspects, "a", 0.9, word, none)


@pytest.mark.parametrize(("before", "after"), [("high", "medium"), ("medium", "low"), ("low", "low")])
def test_a_doubt_takes_one_word_and_leaves_the_rest(before: Word, after: Word) -> None:
    sure = ruling(0.9, none=0.05, word=before)
    assert sure.doubted() == Ruling("culprit", sure.suspects, "a", 0.9, after, 0.05)
    assert sure.worded("low") == Ruling("culprit", sure.suspects, "a", 0.9, "low", 0.05)
    none = ruling(0.9, none=0.05, outcome="none", word=before)
    assert none.naming("b") == Ruling("culprit", none.suspects, "b", 0.9, before, 0.05)


@pytest.mark.parametrize(
    ("outcome", "stated"), [("culprit", True), ("none", True), ("unsure", False), ("not_enough", False)]
)
def test_a_commit_and_none_are_answers(outcome: Outcome, stated: bool) -> None:
    assert ruling(0.9, none=0.05, outcome=outcome).stated is stated
    assert ruling(0.9, none=0.05, outcome=outcome).answer == (outcome, "a")


@pytest.mark.parametrize(
    ("chances", "none", "outcome", "leading"),
    [
        ((0.3, 0.2), 0.4, "unsure", 0.4),
        ((0.5, 0.6), 0.4, "unsure", 0.5),
        ((0.3, 0.2), 0.4, "not_enough", 0.3),
        ((), 0.4, "unsure", 0.4),
        ((), 0.4, "not_enough", 0.0),
        ((0.3,), 1.5, "unsure", 1.0),
    ],
)
def test_what_states_nothing_has_the_figure_of_what_leads(
    chances: tuple[float, ...], none: float, outcome: Outcome, leading: float
) -> None:
    sure = ruling(*chances, none=none)
    assert sure.unstated(outcome) == Ruling(outcome, sure.suspects, None, leading, "low", none)


def of_git(seen: Evidence, proofs: Proofs | None = None, thresholds: Thresholds = THRESHOLDS) -> Ruling:
    """What the evidence's own probabilities say."""
    chances = {each.commit.sha: each.probability for each in seen.suspects}
    return rule(seen, Posterior(chances, seen.none_probability), thresholds, proofs)


def test_new_probabilities_give_a_new_order_and_the_old_one_where_they_are_equal() -> None:
    found = rule(evidence(0.3, 0.3, 0.3, none=0.1), Posterior({"a": 0.2, "b": 0.6, "c": 0.2}, 0.3), THRESHOLDS)
    assert [(each.commit.sha, each.probability) for each in found.suspects] == [("b", 0.6), ("a", 0.2), ("c", 0.2)]
    assert (found.outcome, found.named, found.probability, found.none) == ("culprit", "b", 0.6, 0.3)


def test_what_rounding_made_of_one_is_one() -> None:
    sure = rule(evidence(0.9, none=0.0), Posterior({"a": 1.0000001}, 0.0), THRESHOLDS)
    assert (sure.probability, sure.suspects[0].probability) == (1.0, 1.0)
    none = rule(evidence(0.1, none=0.9), Posterior({"a": 0.0}, 1.0000001), THRESHOLDS)
    assert (none.outcome, none.probability, none.none) == ("none", 1.0, 1.0000001)


@pytest.mark.parametrize(
    ("chances", "none", "seen", "outcome", "probability"),
    [
        ((0.6, 0.1), 0.2, CODE, "culprit", 0.6),
        ((0.1, 0.1), 0.8, CODE, "none", 0.8),
        ((0.3, 0.1), 0.5, CODE, "unsure", 0.5),
        ((0.44, 0.4), 0.1, CODE, "unsure", 0.44),
        ((0.1, 0.1), 0.5, MESSAGE, "not_enough", 0.1),
        ((), 0.5, MESSAGE, "not_enough", 0.0),
    ],
)
def test_the_figure_is_that_of_the_answer_or_of_what_leads(
    chances: tuple[float, ...], none: float, seen: Seen, outcome: Outcome, probability: float
) -> None:
    found = of_git(evidence(*chances, none=none, seen=seen))
    assert (found.outcome, found.probability) == (outcome, probability)
    assert found.named == ("a" if outcome == "culprit" else None)


@pytest.mark.parametrize(
    ("chance", "word"), [(0.549, "low"), (0.55, "medium"), (0.799, "medium"), (0.8, "high"), (0.95, "high")]
)
def test_the_word_of_a_culprit_follows_its_probability(chance: float, word: Word) -> None:
    assert of_git(evidence(chance, none=0.01)).word == word


def with_signals(found: Evidence, *signals: tuple[Signal, ...]) -> Evidence:
    pairs = zip(found.suspects, signals, strict=True)
    suspects = tuple(each.model_copy(update={"signals": mine}) for each, mine in pairs)
    return found.model_copy(update={"suspects": suspects})


def test_a_culprit_is_sure_only_where_something_measured_speaks_for_it_and_its_line_is_confirmed() -> None:
    likely = evidence(0.95, none=0.01)
    against = MEASURED.model_copy(update={"against": True})
    nothing = SOME.model_copy(update={"value": 0.0})
    assert of_git(likely).word == "high"
    assert of_git(with_signals(likely, (SOME,))).word == "high"
    for signals in ((against,), (nothing,), ()):
        assert of_git(with_signals(likely, signals)).word == "medium"
    for seen in (UNCONFIRMED, LIBRARY, MESSAGE):
        assert of_git(likely.model_copy(update={"seen": seen})).word == "medium"


def test_none_is_sure_only_where_a_frame_was_compared_and_nothing_speaks_against_it_unseen() -> None:
    clear = evidence(0.01, none=0.9)
    assert of_git(clear).word == "high"
    for seen in (UNCONFIRMED, LIBRARY):
        assert of_git(clear.model_copy(update={"seen": seen})).word == "high"
    for seen in (MESSAGE, Seen()):
        assert of_git(clear.model_copy(update={"seen": seen})).word == "medium"
    for doubt in ({"hit_failing_line": ("a",)}, {"read_in_part": ("a",)}):
        assert of_git(clear.model_copy(update=doubt)).word == "medium"
    giver = Signal(name="changed_what_gives_value", value=1.0, detail="changed what it returns")
    assert of_git(with_signals(clear, (giver,))).word == "medium"


def test_a_question_is_never_more_than_a_low_word() -> None:
    assert of_git(evidence(0.3, none=0.9, instead=())).word == "low"


def test_a_step_that_code_checked_confirms_where_it_failed() -> None:
    likely = evidence(0.47, none=0.2, seen=UNCONFIRMED, measured=False)
    assert of_git(likely).outcome == "unsure"
    assert of_git(likely, NONE_FOUND).outcome == "unsure"
    assert of_git(likely, Proofs({"a": 0}, frozenset())).outcome == "culprit"
    assert of_git(likely, Proofs({}, frozenset({"b"}))).outcome == "culprit"


def test_git_alone_needs_more_for_a_commit_that_wrote_no_line_or_is_only_like_the_message() -> None:
    beside = evidence(0.6, none=0.2, measured=False)
    assert of_git(beside).outcome == "unsure"
    assert of_git(beside, NONE_FOUND).outcome == "culprit"
    unlike = evidence(0.66, none=0.2, seen=MESSAGE, measured=False)
    assert of_git(unlike).outcome == "not_enough"
    assert of_git(unlike, NONE_FOUND).outcome == "culprit"


def test_what_opinions_clear_explains_a_none() -> None:
    open_ = evidence(0.1, none=0.9, instead=())
    assert of_git(open_).outcome == "unsure"
    assert of_git(open_, NONE_FOUND).outcome == "unsure"
    assert of_git(open_, Proofs({}, frozenset({"a"}))).outcome == "none"
    assert of_git(open_, Proofs({}, frozenset(), older=True)).outcome == "none"
    assert of_git(open_.model_copy(update={"unread": ("b",)}), Proofs({}, frozenset({"a"}))).outcome == "unsure"


def test_a_window_that_nobody_knows_clears_no_commit_and_accuses_one() -> None:
    empty = evidence(none=0.9).model_copy(update={"guessed": True, "ruled_out": ()})
    assert of_git(empty).outcome == "not_enough"
    cleared = evidence(0.01, none=0.99).model_copy(update={"guessed": True})
    assert of_git(cleared).outcome == "not_enough"
    assert of_git(cleared, Proofs({}, frozenset({"a"}), older=True)).outcome == "not_enough"
    assert of_git(evidence(0.9, none=0.05).model_copy(update={"guessed": True})).outcome == "culprit"


def test_what_stands_out_is_counted_among_all_commits_of_the_window() -> None:
    alone = evidence(0.3, none=0.5, seen=MESSAGE, instead=()).model_copy(update={"ruled_out": ()})
    many = alone.model_copy(update={"ruled_out": tuple(RuledOut(commit=commit(sha), reason="none") for sha in "xyz")})
    assert (of_git(alone).outcome, of_git(many).outcome) == ("not_enough", "unsure")


def test_who_gives_null_is_named_where_the_likeliest_only_kept_the_call() -> None:
    seen = evidence(none=0.1)
    kept, null, other = (
        suspect("a", 0.5, "kept_path"),
        suspect("b", 0.3, "nothing_from_callee"),
        suspect("c", 0.2, "size"),
    )
    assert giver_of_null(seen, [kept, other, null]) == null
    assert giver_of_null(seen, [kept, other]) is None
    assert giver_of_null(seen, [other, kept, null]) is None
    assert giver_of_null(seen, [suspect("a", 0.5, "kept_path", "nothing_from_callee"), other]) is None
    assert giver_of_null(seen, [suspect("a", 0.5, "kept_path", value=0.0), null]) is None
    assert giver_of_null(seen.model_copy(update={"hit_failing_line": ("a",)}), [kept, null]) is None
    assert giver_of_null(seen, []) is None


@pytest.mark.parametrize(
    ("chance", "rival", "outcome"),
    [
        (0.8, "nothing_from_callee", "unsure"),
        (0.95, "nothing_from_callee", "culprit"),
        (0.8, "size", "culprit"),
    ],
)
def test_a_line_that_called_the_same_before_is_no_new_line_while_another_commit_gives_null(
    chance: float, rival: str, outcome: Outcome
) -> None:
    kept, other = suspect("a", chance, "wrote_any_new_line", "kept_path"), suspect("b", 0.04, rival)
    seen = evidence(none=0.01).model_copy(update={"suspects": (kept, other)})
    assert of_git(seen).outcome == outcome
    assert of_git(seen.model_copy(update={"hit_failing_line": ("a",)})).outcome == "culprit"


def test_who_changed_what_gives_the_value_is_listed_in_order() -> None:
    found = [
        suspect("a", 0.5, "changed_what_gives_value"),
        suspect("b", 0.3, "size"),
        suspect("c", 0.2, "size", "nothing_from_callee"),
        suspect("d", 0.1, "nothing_from_callee", value=0.0),
        suspect("e", 0.1, "nothing_given"),
        suspect("f", 0.1, "gives_another_value"),
    ]
    assert givers_of_value(found) == ("a", "c", "e", "f")


def test_who_changed_the_trace_asks_more_of_none_unless_it_is_cleared_or_the_error_is_of_the_world_outside() -> None:
    touched = Signal(name="touched_any_function", value=1.0, detail="changed it")
    clear = with_signals(evidence(0.05, none=0.75), (touched,))
    assert of_git(clear).outcome == "unsure"
    assert of_git(clear, NONE_FOUND).outcome == "unsure"
    assert of_git(clear, Proofs({}, frozenset({"a"}))).outcome == "none"
    assert of_git(clear, Proofs({}, frozenset(), older=True)).outcome == "none"
    assert of_git(clear.model_copy(update={"instead": (FROM_OUTSIDE,)})).outcome == "none"


def test_who_only_edited_the_failing_line_beside_the_expression_that_fails_is_never_surely_the_culprit() -> None:
    edited = MEASURED.model_copy(update={"value": EDITED})
    given = Signal(name="set_what_line_uses", value=1.0, detail="set it")
    found = of_git(with_signals(evidence(0.95, none=0.01), (edited, given)))
    assert (found.outcome, found.word) == ("culprit", "medium")


def test_who_leaves_the_value_to_another_is_named_by_opinions_alone() -> None:
    texts, giver = suspect("a", 0.9, "only_texts", "wrote_any_new_line"), suspect("b", 0.05, "nothing_arrives")
    seen = evidence(none=0.02).model_copy(update={"suspects": (texts, giver)})
    assert of_git(seen).outcome == "unsure"
    assert of_git(seen, NONE_FOUND).outcome == "culprit"


def test_a_doubt_about_a_commit_keeps_none_from_being_stated_until_that_one_is_cleared() -> None:
    clear = evidence(0.01, none=0.9).model_copy(update={"doubts": (Doubt(commit="z", why="Changed the port."),)})
    assert of_git(clear).outcome == "unsure"
    assert of_git(clear, Proofs({}, frozenset({"a"}))).outcome == "unsure"
    assert of_git(clear, Proofs({}, frozenset({"z"}))).outcome == "none"
    assert [each.commit for each in open_doubts(clear)] == ["z"]
