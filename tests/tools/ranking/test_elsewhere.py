"""What explains a failure without a commit of the window, sentence by sentence."""

from dataclasses import replace

import pytest

from incidents.evidence import Suspect
from tests.tools.ranking.impacts import commit, contact, context, facts, frame, read, traced
from tools.impact.clues import Clue, ClueKind
from tools.impact.standing import Standing
from tools.ranking.elsewhere import elsewhere

PLACE = read(0, "return sum(prices)")
OLD = "shop/cart.py:10, where it failed, is older than the deploy"
CALLER = read(1, "total()")


def clue(text: str) -> Clue:
    return Clue(text=text, kind=ClueKind.KEY, needle=text, pattern=text)


def standing(strength: float) -> Standing:
    return Standing(clue("SHOP_RATE_KEY"), "shop/rates.py", 4, strength)


def test_each_kind_of_fact_that_rules_every_commit_out_is_named_once() -> None:
    window = context(facts("a"), facts("b"), facts("c"), frames=(PLACE,))
    why = ("changes only documents", "never shipped", "changes only documents")
    said = ("No commit of the deploy can have caused it: changes only documents, never shipped.",)
    assert elsewhere(window, None, why) == said
    assert elsewhere(window, None, why[:2]) == (
        f"{OLD}, and no commit changed a function of the trace or what its lines call.",
    )
    assert elsewhere(context(), None, ()) == ()


def test_an_error_of_the_world_outside_is_the_first_thing_that_is_said() -> None:
    window = context(facts("a"), frames=(PLACE,), message="connection refused")
    assert elsewhere(window, None, ()) == (
        "The error itself tells of something outside the program.",
        f"{OLD}, and no commit changed a function of the trace or what its lines call.",
    )


def test_a_commit_from_before_that_explains_it_better_is_named_with_its_first_reason() -> None:
    rival = Suspect(commit=commit("0123456789abc"), probability=0.4, reasons=("Wrote the line.", "Is near."))
    said = "012345678 from before the deploy explains it better: Wrote the line."
    assert elsewhere(context(facts("a")), rival, ()) == (said,)


def test_a_failing_line_that_no_commit_hit_is_older_than_the_deploy() -> None:
    beside = facts("a", contact(CALLER, added=3), contact(PLACE))
    named = facts("a", named=frozenset({"total"}))
    assert elsewhere(context(facts("b"), beside, frames=(PLACE, CALLER)), None, ()) == (f"{OLD}.",)
    assert elsewhere(context(named, frames=(PLACE,)), None, ()) == (f"{OLD}.",)


def test_a_failing_line_that_a_commit_hit_explains_nothing() -> None:
    hit = facts("a", contact(CALLER), contact(PLACE, hit=True))
    assert elsewhere(context(facts("b"), hit, frames=(PLACE,)), None, ()) == ()


def test_a_line_that_is_not_known_has_no_age() -> None:
    unknown = read(0, "total()", exact=False)
    assert elsewhere(context(facts("a", contact(unknown, added=1)), frames=(unknown,)), None, ()) == ()


@pytest.mark.parametrize(("strength", "told"), [(0.4, True), (0.39, False)])
def test_code_that_a_bare_message_names_is_older_where_nobody_touched_it(strength: float, told: bool) -> None:
    said = "`SHOP_RATE_KEY`, which the error names, stands in shop/rates.py:4, older than the deploy."
    assert elsewhere(context(facts("a"), standing=standing(strength)), None, ()) == ((said,) if told else ())


def test_up_to_two_names_that_no_commit_changed_a_line_with_are_told() -> None:
    clues = tuple(map(clue, ("RATE_OF_SHOP", "KEY_OF_RATE", "SHOP_OF_KEY")))
    said = "No commit of the deploy changed a line with `RATE_OF_SHOP`, `KEY_OF_RATE`, which the error names."
    assert elsewhere(context(facts("a"), clues=clues), None, ()) == (said,)
    assert elsewhere(context(facts("a"), clues=clues, standing=standing(0.5)), None, ())[0].startswith(
        "`SHOP_RATE_KEY`"
    )
    assert elsewhere(context(facts("a"), clues=clues, standing=standing(0.3)), None, ()) == (said,)


def test_one_place_without_its_callers_clears_no_commit_that_changed_code() -> None:
    window = context(facts("a"), frames=(PLACE,))
    for function, said in ((None, False), ("total", True)):
        printed = frame(10).model_copy(update={"function": function})
        site = replace(window.site, trace=traced(printed))
        assert bool(elsewhere(replace(window, site=site), None, ())) is said
        assert elsewhere(replace(window, site=site), None, (), {"a": "never shipped"})


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("id.toFixed is not a function", False),
        ("'str' object has no attribute 'isoformat'", False),
        ("undefined method `strftime' for an instance of String", False),
        ("Call to a member function total() on array", False),
        ("'Cart' object has no attribute 'total'", True),
        ("tax is not a function", True),
    ],
)
def test_a_value_of_another_type_came_from_nobody_knows_where(message: str, told: bool) -> None:
    code = replace(facts("a"), paths=("shop/cart.py",))
    changed = context(code, message=message, standing=standing(0.5))
    assert bool(elsewhere(changed, None, ())) is told
    assert elsewhere(
        context(replace(code, paths=("k8s/shop.yaml",)), message=message, standing=standing(0.5)), None, ()
    )
    assert elsewhere(changed, None, (), {"a": "never shipped"})
