"""The places that the sentences about a commit name."""

import pytest

from agents.named_places import NamedPlace, places_in


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("Wrote the line that fails, src/Cart.php:17 in `summary`.", (NamedPlace("src/Cart.php", 17),)),
        (
            "Changed when `Repo.find` (src/Repo.php:20) returns null, which arrives at src/Cart.php:17.",
            (NamedPlace("src/Repo.php", 20, "find"), NamedPlace("src/Cart.php", 17)),
        ),
        (
            "Changed lib/puppet/event.rb, whose name stands in the error or its trace.",
            (NamedPlace("lib/puppet/event.rb"),),
        ),
        ("Changed `Page.show` (app/(shop)/[id] page.tsx:5).", (NamedPlace("app/(shop)/[id] page.tsx", 5, "show"),)),
        ("Moved `ladle` from 1.4.0 to 2.0.0, and the error names it.", ()),
        ("Speaks of `size` in its message, as the trace does.", ()),
    ],
)
def test_a_fact_names_a_line_or_else_a_file(fact: str, told: tuple[NamedPlace, ...]) -> None:
    assert places_in([fact]) == told
