"""The line by which an incident's error is known before there is a verdict: in lists, messages and searches."""

import pytest

from service.demo_incident import SAMPLE
from service.notify.compose import compose
from service.store.store import Store
from tests.service.stand_ins import alert

TRACE = (SAMPLE / "trace.txt").read_text(encoding="utf-8")
ERROR = "Error: Call to a member function total() on null"


@pytest.mark.parametrize(
    ("message", "trace", "expected"),
    [
        ("", TRACE, ERROR),
        ("checkout fails", TRACE, "checkout fails"),
        ("", "\n  nothing that anybody reads\nmore", "nothing that anybody reads"),
    ],
)
async def test_it_is_the_message_else_the_error_that_the_trace_names_else_the_first_line(
    store: Store, message: str, trace: str, expected: str
) -> None:
    incident = await store.intake.accept(alert(message=message, stack_trace=trace), "{}")
    found = await store.queries.incident(incident)
    (listed,) = await store.queries.incidents()
    assert found.error == listed.error == expected
    assert compose(found, "investigating", None).error == expected


async def test_a_search_ignores_the_case_and_takes_every_sign_as_itself(store: Store) -> None:
    await store.intake.accept(alert(message="Cart is 100% EMPTY_NOW"), "{}")
    for text, number in (("cart IS", 1), ("100%", 1), ("empty_now", 1), ("1%0", 0), ("EMPTY NOW", 0), ("empty-now", 0)):
        assert len(await store.queries.incidents(text=text)) == number, text
