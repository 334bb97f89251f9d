"""What is told of a commit, whatever its bytes are."""

from datetime import UTC, datetime, timedelta, timezone

import pygit2
import pytest

from incidents.evidence import Commit
from tests.hostile.forge import commit_bytes
from tools.git.commit_objects import commit_object, described, message_of

TREE, PARENT = "a" * 40, "b" * 40
OID = pygit2.Oid(hex="c" * 40)


def told(
    message: bytes = b"Tidy\n", author: bytes = b"Ada <a@b>", when: bytes = b"1700000000 +0130", headers: bytes = b""
) -> Commit:
    data = commit_bytes(TREE, [PARENT], message, author, when, headers)
    return described(commit_object(OID, data), data)


def test_an_ordinary_commit_is_told_as_it_is() -> None:
    assert told() == Commit(
        sha="c" * 40,
        subject="Tidy",
        author="Ada",
        committed_at=datetime.fromtimestamp(1_700_000_000, timezone(timedelta(minutes=90))),
        parents=(PARENT,),
    )


@pytest.mark.parametrize(
    ("encoding", "raw", "text"),
    [
        (b"ISO-8859-1", b"gr\xfc\xdfe", "grüße"),
        (b"windows-1252", b"\x80uro", "€uro"),
        (b"Shift_JIS", "日本".encode("shift_jis"), "日本"),
        (b"idna", b"gr\xfc", "gr\ufffd"),
        (b"punycode", b"a-\xfc", "a-\ufffd"),
        (b"unicode_escape", b"\\ud800", "\\ud800"),
        (b"utf-7", b"+2AA-", "+2AA-"),
        (b"zlib", b"x", "x"),
        (b"\xe9", b"x", "x"),
    ],
)
def test_a_message_is_read_in_the_character_set_it_names_or_as_utf8(encoding: bytes, raw: bytes, text: str) -> None:
    assert message_of(commit_bytes(TREE, [], raw, headers=b"encoding " + encoding + b"\n")) == text


@pytest.mark.parametrize(
    ("when", "year"),
    [(b"-5 +0000", 1970), (b"99999999999999999999 +0000", 9998), (b"nonsense", 1970), (b"1700000000 +9999", 2023)],
)
def test_an_impossible_time_becomes_the_nearest_possible(when: bytes, year: int) -> None:
    assert told(when=when).committed_at.astimezone(UTC).year == year


@pytest.mark.parametrize(
    ("author", "name"),
    [
        (b" <a@b>", "a@b"),
        (b"Ada", "Ada 1700000000 +0130"),
        (b" <>", ""),
        (b"\xff <x>", "\ufffd"),
        (b"Ada " * 300, ("Ada " * 50)),
    ],
)
def test_an_author_is_told_as_far_as_there_is_one(author: bytes, name: str) -> None:
    assert told(author=author).author == name


def test_subjects_are_bounded() -> None:
    assert told(b"x" * 5_000_000).subject == "x" * 1_000


def test_a_commit_without_tree_or_with_a_parent_that_is_none_says_so() -> None:
    found = commit_object(OID, b"parent zzz\nauthor Ada <a@b> 1 +0000\n\nx\n")
    assert (found.tree_id, found.parent_ids) == (None, ())
