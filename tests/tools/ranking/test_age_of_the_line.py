"""When the age of the failing line explains a failure, fact by fact of each commit."""

from dataclasses import replace

import pytest

from tests.tools.ranking.impacts import contact, context, facts, frame, read, traced
from tests.tools.ranking.test_doubts import touch
from tests.tools.ranking.test_elsewhere import clue
from tools.impact.commit_facts import CommitFacts, Produced, ProducerKind, Reached
from tools.impact.value_slice import Use
from tools.ranking.elsewhere import elsewhere, giver_unknown

PLACE, CALLER = read(0, "return sum(prices)"), read(1, "total()")
OLD = "shop/cart.py:10, where it failed, is older than the deploy."
ALONE = f"{OLD[:-1]}, and no commit changed a function of the trace or what its lines call."
HERE, BEFORE = Use("shop/cart.py", 20, 1), Use("shop/cart.py", 21, 2)
DONE = facts("a")


def told(*changes: CommitFacts, proven: tuple[str, ...] = ()) -> tuple[str, ...]:
    return elsewhere(context(*changes, frames=(PLACE, CALLER)), None, (), proven)


def gives(kind: ProducerKind, use: Use, *, name: str = "rate", elsewhere: bool = False) -> CommitFacts:
    made = Produced(kind, name, "shop/rates.py", 4, None, use, near=True, elsewhere=elsewhere)
    return replace(DONE, produced=(made,))


def reached(*, owner: str | None = None, returns: bool = False, nulls: bool = False, name: str = "rate") -> Reached:
    return Reached("shop/rates.py", name, owner, 4, 1, PLACE, False, True, nulls, known=True, gives=returns)


FAR = gives(ProducerKind.CALL, BEFORE)
NEW = {
    "what a check of the program's own uses": replace(DONE, feeds_check=True),
    "a name of the error that was taken away": replace(DONE, clues=(touch(removed=1),)),
    "a name of the error in a schema": replace(DONE, clues=(touch(added=1, removed=1, schema=True),)),
    "a name that is no longer sent": replace(DONE, sent=(touch(removed=1),)),
    "what a construction is given": gives(ProducerKind.GIVEN, BEFORE),
    "what is taken out of a construction": gives(ProducerKind.TAKEN, BEFORE),
    "any line of a function that the failing one calls": gives(ProducerKind.CALL, HERE),
    "what a function farther away returns": replace(FAR, reached=(reached(returns=True),)),
    "when a function farther away returns null": replace(FAR, reached=(reached(nulls=True),)),
}
AS_BEFORE = {
    "a check's code in another layout": (replace(DONE, feeds_check=True, cosmetic=True), ALONE),
    "as many lines with the error's name as before": (replace(DONE, clues=(touch(added=1, removed=1),)), ALONE),
    "a name that stands everywhere": (replace(DONE, clues=(touch(removed=1, rarity=0.1),)), ALONE),
    "a value like it, given where nothing fails": (gives(ProducerKind.GIVEN, HERE, elsewhere=True), ALONE),
    "an attribute that is set": (gives(ProducerKind.ATTRIBUTE, HERE), ALONE),
    "no result of a function farther away": (replace(FAR, reached=(reached(),)), OLD),
    "the result of another function": (replace(FAR, reached=(reached(returns=True, name="other"),)), OLD),
    "a method of a class that the failing function makes": (
        replace(gives(ProducerKind.CALL, HERE, name="Rates"), reached=(reached(owner="Rates"),)),
        OLD,
    ),
}


@pytest.mark.parametrize("case", NEW)
def test_what_the_line_works_on_can_be_new(case: str) -> None:
    assert told(facts("b"), NEW[case]) == ()
    assert told(facts("b"), NEW[case], proven=("a",))[0].startswith(OLD[:-1])


@pytest.mark.parametrize("case", AS_BEFORE)
def test_what_the_line_works_on_is_as_it_was(case: str) -> None:
    change, said = AS_BEFORE[case]
    assert told(facts("b"), change) == (said,)


@pytest.mark.parametrize(
    "change",
    [
        facts("a", contact(CALLER, added=1)),
        facts("a", named=frozenset({"total"})),
        replace(DONE, reached=(reached(),)),
        replace(DONE, contacts=(replace(contact(CALLER), below=1),)),
        replace(DONE, contacts=(replace(contact(CALLER), kept=1),)),
    ],
)
def test_it_is_not_said_that_nobody_changed_a_function_of_the_trace_where_somebody_did(change: CommitFacts) -> None:
    assert told(facts("b"), change) == (OLD,)


def test_new_code_beside_what_failed_or_a_compiler_takes_the_age_as_an_explanation() -> None:
    assert told(replace(DONE, only_beside=True), facts("b")) == ()
    window = context(DONE, frames=(PLACE,))
    compiled = traced().model_copy(update={"not_run": True})
    assert elsewhere(replace(window, site=replace(window.site, trace=compiled)), None, ()) == ()


@pytest.mark.parametrize(("files", "cosmetic", "said"), [(1, False, ()), (0, False, (ALONE,)), (1, True, (ALONE,))])
def test_one_place_without_a_function_clears_who_changed_no_code(
    files: int, cosmetic: bool, said: tuple[str, ...]
) -> None:
    window = context(replace(DONE, code_files=files, cosmetic=cosmetic), frames=(PLACE,))
    mentioned = traced(frame(10).model_copy(update={"function": None}))
    assert elsewhere(replace(window, site=replace(window.site, trace=mentioned)), None, ()) == said


def test_of_null_without_a_known_giver_nothing_is_said_of_age() -> None:
    null = "'NoneType' object has no attribute 'total'"
    unread = context(DONE, message=null)
    given = context(gives(ProducerKind.CALL, HERE), frames=(PLACE,), message=null)
    assert giver_unknown(unread)
    assert giver_unknown(given)
    assert not giver_unknown(given, ("a",))
    assert not giver_unknown(context(DONE, frames=(PLACE,), message=null))
    assert not giver_unknown(context(gives(ProducerKind.CALL, HERE), frames=(PLACE,), message="division by zero"))


def test_while_code_could_not_be_read_no_name_is_said_to_be_untouched() -> None:
    clues = (clue("RATE_OF_SHOP"),)
    said = ("No commit of the deploy changed a line with `RATE_OF_SHOP`, which the error names.",)
    assert elsewhere(context(DONE, clues=clues), None, ()) == said
    assert elsewhere(context(replace(DONE, unread_code=True), facts("b"), clues=clues), None, ()) == ()
