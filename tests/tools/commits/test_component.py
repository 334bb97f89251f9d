"""The part of a program that a subject names in front."""

import pytest

from tools.commits.component import components_of


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("vfs: fix a deadlock", {"vfs"}),
        ("backend/s3: faster lists\n\nlong", {"s3"}),
        ("fs, vfs: close files", {"fs", "vfs"}),
        ("fix(Auth): no token", {"auth"}),
        ("feat(web/cart)!: totals", {"cart"}),
        ("[Import] read less", {"import"}),
        ("fix: no token", set()),
        ("Speaks of vfs: later", set()),
        ("src: tidy", set()),
        ("", set()),
    ],
)
def test_the_part_in_front(message: str, expected: set[str]) -> None:
    assert components_of(message) == expected
