"""By which facts the likeliest commit has its probability."""

import pytest

from tests.tools.ranking.test_answer import CODE, MESSAGE
from tools.commits.line_novelty import EDITED
from tools.ranking.answer import answer
from tools.ranking.chances import Ranked, chances_of, giver_of_null


def test_the_only_giver_of_nothing_needs_no_line_of_the_trace() -> None:
    for values, wrote in (({"only_giver_of_nothing": 1.0}, True), ({"nothing_arrives": 1.0}, False)):
        chances = chances_of([Ranked(0.6, values)], 0.2, 4, hit=False)
        assert chances.wrote_line is wrote
        assert answer(chances, CODE, explained=False) == ("culprit" if wrote else "unsure")


def test_a_rewritten_line_is_no_new_one_where_another_commit_changed_when_null_arrives() -> None:
    kept, giver = {"wrote_any_new_line": 1.0, "kept_path": 1.0}, {"nothing_from_callee": 1.0}
    ranked = [Ranked(0.6, kept), Ranked(0.1, {}), Ranked(0.1, giver)]
    assert not chances_of(ranked, 0.2, 4, hit=False).wrote_line
    assert chances_of(ranked, 0.2, 4, hit=True).wrote_line
    assert chances_of(ranked[:2], 0.2, 4, hit=False).wrote_line
    assert giver_of_null([kept, {}, {"nothing_given": 1.0}], hit=False) == 2
    assert giver_of_null([], hit=False) is None


@pytest.mark.parametrize(("value", "told"), [(1.5, "culprit"), (1.4, "unsure")])
def test_where_no_line_was_seen_who_did_what_the_message_says_needs_less(value: float, told: str) -> None:
    chances = chances_of([Ranked(0.66, {"touched_rarest_clue": value})], 0.2, 4, hit=False)
    assert answer(chances, MESSAGE, explained=False) == told


def test_figures_of_nobody() -> None:
    chances = chances_of([], 0.9, 0, hit=False)
    assert (chances.best, chances.second, chances.none, chances.changed_trace) == (0.0, 0.0, 0.9, False)


def test_who_leaves_the_value_to_another_is_not_named() -> None:
    ranked = [Ranked(0.9, {"only_texts": 1.0, "wrote_any_new_line": 1.0}), Ranked(0.05, {"nothing_arrives": 0.8})]
    assert answer(chances_of(ranked, 0.05, 4, hit=True), CODE, explained=False) == "unsure"
    assert answer(chances_of(ranked[:1], 0.05, 4, hit=True), CODE, explained=False) == "culprit"


def test_who_kept_the_expression_that_fails_is_named_only_where_something_else_explains_it() -> None:
    kept = {"wrote_any_new_line": EDITED, "fixed_words": 1.0}
    for more, told in (({}, "unsure"), ({"set_what_line_uses": 1.0}, "culprit"), ({"nothing_arrives": 0.8}, "culprit")):
        chances = chances_of([Ranked(0.97, {**kept, **more})], 0.03, 1, hit=True)
        assert answer(chances, CODE, explained=False) == told
