"""The places that the sentences about a commit name."""

import pytest

from agents.told_places import Told, told_in


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("Wrote the line that fails, src/Cart.php:17 in `summary`.", (Told("src/Cart.php", 17),)),
        (
            "Changed when `Repo.find` (src/Repo.php:20) returns null, which arrives at src/Cart.php:17.",
            (Told("src/Repo.php", 20, "find"), Told("src/Cart.php", 17)),
        ),
        ("Changed lib/puppet/event.rb, called after what the error names.", (Told("lib/puppet/event.rb"),)),
        ("Moved `ladle` from 1.4.0 to 2.0.0, and the error names it.", ()),
        ("Speaks of `size` in its message, as the trace does.", ()),
    ],
)
def test_a_fact_names_a_line_or_else_a_file(fact: str, told: tuple[Told, ...]) -> None:
    assert told_in([fact]) == told
