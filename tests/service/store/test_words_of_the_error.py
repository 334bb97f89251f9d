"""Incidents found by words of their error, on both databases."""

import pytest

from service.store.store import Store
from tests.service.stand_ins import alert


@pytest.mark.parametrize(
    ("text", "found"),
    [("NULL given", True), ("null GIVEN to 100%", True), ("n_ll given", False), ("nu%given", False), ("Ärger", True)],
)
async def test_words_of_the_error_are_found_whatever_their_case(store: Store, text: str, found: bool) -> None:
    incident = await store.intake.accept(alert(message="Null given to 100% of the carts: Ärger"), "{}")
    listed = await store.queries.incidents(text=text)
    assert [each.id for each in listed] == ([incident] if found else [])


async def test_the_case_of_other_letters_counts_on_sqlite_alone(store: Store) -> None:
    incident = await store.intake.accept(alert(message="Null given: Ärger"), "{}")
    listed = await store.queries.incidents(text="ärger")
    sqlite = store.database.url.get_backend_name() == "sqlite"
    assert [each.id for each in listed] == ([] if sqlite else [incident])
