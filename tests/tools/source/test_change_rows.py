"""The rows of a change: what is shown around it, and which lines a file begins with that tell nothing."""

import pytest

from tools.git.diff import Hunk
from tools.source.change_rows import stretches

LICENCE = tuple(f"# line {number} of the licence" for number in range(4))


def new_file(*lines: str) -> Hunk:
    """The hunk of a commit that adds a file."""
    return Hunk(
        header="",
        old_start=0,
        old_lines=0,
        new_start=1,
        new_lines=len(lines),
        removed=(),
        removed_at=(),
        added=lines,
        added_at=tuple(range(1, len(lines) + 1)),
    )


@pytest.mark.parametrize(
    ("first", "said"),
    [("#!/bin/sh", 5), ("<?php", 5), ("#![no_std]", 0), ("#include <stdio.h>", 0), ("# one more", 5)],
)
def test_a_licence_ends_at_the_first_line_of_code(first: str, said: int) -> None:
    hunk, after = stretches([new_file(first, *LICENCE, "run()")], None)
    assert len(hunk.licence) == said
    assert [row.number for row in (*hunk.licence, *hunk.added)] == [1, 2, 3, 4, 5, 6]
    assert after.before == []


def test_a_file_of_comments_alone_and_a_short_comment_are_shown() -> None:
    for lines in (("#", *LICENCE), (*LICENCE, "run()")):
        assert [len(each.licence) for each in stretches([new_file(*lines)], None)] == [0, 0]
