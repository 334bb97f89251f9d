"""Parse commits from their bytes: a malformed part is replaced, and the rest of the commit is still read.

libgit2 refuses a whole commit, and any walk through it, for one author line without brackets or one time that it cannot
represent. Such commits exist in old imports, and anybody can make them with `git hash-object --literally`.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from encodings.aliases import aliases
from typing import Final, NamedTuple

import pygit2

from incidents.evidence import Commit
from tools.text.redaction import redact

_TREE: Final = re.compile(rb"^tree ([0-9a-fA-F]{40})\r?$", re.MULTILINE)
_PARENT: Final = re.compile(rb"^parent ([0-9a-fA-F]{40})\r?$", re.MULTILINE)
_ENCODING: Final = re.compile(rb"^encoding ([\w.:-]{1,40})\r?$", re.MULTILINE | re.ASCII)
_PERSON: Final = rb"^%s ([^<\n]*)(?:<([^>\n]*))?"
_AUTHOR: Final = re.compile(_PERSON % b"author", re.MULTILINE)
_CO_AUTHOR: Final = re.compile(
    rb"^co-authored-by:[ \t]*([^<\n]{0,200})(?:<([^>\n]{0,200}))?", re.MULTILINE | re.IGNORECASE
)
_DATED: Final = tuple(re.compile(rb"^%s (.*)$" % role, re.MULTILINE) for role in (b"committer", b"author"))
_TIME: Final = re.compile(rb"(-?\d{1,20}+)(?: ([+-])(\d\d)(\d\d))?\s*\Z")
# Python's own codecs (idna, punycode, unicode_escape, undefined) are not character sets: they fail or take minutes.
_CHARACTER_SETS: Final = frozenset(aliases.values()) - {"utf_7", "mbcs"}  # utf-7 makes lone surrogates
_HEADER_BYTES: Final = 200_000  # of the part before the message; signatures come last
_MESSAGE_BYTES: Final = 400_000
_NAME: Final = 200
_SUBJECT: Final = 1_000
_EARLIEST: Final = 86_400
_LATEST: Final = int(datetime(9998, 12, 31, tzinfo=UTC).timestamp())


class CommitObject(NamedTuple):
    """The parts of a commit that a walk needs. `tree_id` is None when the commit names no tree."""

    id: pygit2.Oid
    tree_id: pygit2.Oid | None
    parent_ids: tuple[pygit2.Oid, ...]


def commit_object(oid: pygit2.Oid, data: bytes) -> CommitObject:
    """Return the commit whose bytes are `data`."""
    header = _header(data)
    tree = _TREE.search(header)
    parents = tuple(pygit2.Oid(hex=found.decode().lower()) for found in _PARENT.findall(header))
    return CommitObject(oid, pygit2.Oid(hex=tree[1].decode().lower()) if tree else None, parents)


def described(found: CommitObject, data: bytes) -> Commit:
    """Return the commit for evidence, redacted: at most 1,000 characters of subject, 200 of author."""
    header = _header(data)
    message = whole_message(data)
    return Commit(
        sha=str(found.id),
        subject=redact(message.lstrip()[: 4 * _SUBJECT].split("\n", 1)[0].rstrip())[:_SUBJECT],
        author=redact(_author(header)),
        committed_at=_committed_at(header),
        parents=tuple(str(parent) for parent in found.parent_ids),
    )


def undescribed(oid: pygit2.Oid) -> Commit:
    """Return a commit of which only the id can be read."""
    return Commit(sha=str(oid), subject="", author="", committed_at=moment(_EARLIEST))


def message_of(data: bytes) -> str:
    """Return the message, redacted, at most 400 kB of it."""
    return redact(whole_message(data))


def whole_message(data: bytes) -> str:
    """Return the message with its secrets, decoded with the commit's character set, else as UTF-8: only to compare."""
    _, _, message = data.partition(b"\n\n")
    named = _ENCODING.search(_header(data))
    return _decoded(message[:_MESSAGE_BYTES], named[1].decode() if named else "")


def authors_of(data: bytes) -> tuple[str, ...]:
    """Return name and e-mail of the author and of each co-author, with what is secret in them: only to compare."""
    written = _AUTHOR.search(_header(data))
    people = [*(written.groups() if written else ()), *(part for each in _CO_AUTHOR.findall(data) for part in each)]
    return tuple(dict.fromkeys(text for raw in people if (text := _trimmed(raw))))


def _decoded(raw: bytes, named: str) -> str:
    name = re.sub(r"[^0-9a-z]+", "_", named.lower())
    codec = aliases.get(name, name)
    if codec in _CHARACTER_SETS:
        try:
            return raw.decode(codec, errors="replace")
        except (LookupError, UnicodeError):  # zlib, hex and similar codecs return bytes; some do not support "replace"
            pass
    return raw.decode(errors="replace")


def _header(data: bytes) -> bytes:
    return data[:_HEADER_BYTES].partition(b"\n\n")[0]


def _author(header: bytes) -> str:
    found = _AUTHOR.search(header)
    name, email = found.groups() if found else (b"", b"")
    return next((text for raw in (name, email) if (text := _trimmed(raw))), "")


def author_email(data: bytes) -> str:
    """Return the e-mail of a commit's author, in lower case; empty when there is none."""
    found = _AUTHOR.search(_header(data))
    return _trimmed(found[2]).lower() if found else ""


def _trimmed(raw: bytes | None) -> str:
    return (raw or b"").strip().decode(errors="replace")[:_NAME]


def _committed_at(header: bytes) -> datetime:
    lines = (line[1][-40:] for pattern in _DATED if (line := pattern.search(header)))
    found = next((time for line in lines if (time := _TIME.search(line))), None)
    return moment(int(found[1]), _zone(found)) if found else moment(_EARLIEST)


def moment(seconds: int, zone: timezone = UTC) -> datetime:
    """Return a time from git. Git stores any number; an impossible time becomes the nearest possible one."""
    return datetime.fromtimestamp(min(max(seconds, _EARLIEST), _LATEST), zone)


def _zone(found: re.Match[bytes]) -> timezone:
    hours, minutes = int(found[3] or 0), int(found[4] or 0)
    if hours > 14 or minutes > 59:  # as in libgit2: there is no such time zone
        return UTC
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if found[2] == b"-" else offset)
