"""Commit objects that no git would write: encodings, people, times, parents and headers."""

from collections.abc import Mapping
from typing import Final

from tests.hostile.forge import Forge, Form, commit_bytes

_AUTHOR: Final = b"Mallory <mallory@example.org> 1700007200 +0000"


def _encoded(name: bytes, message: bytes = b"Tidy \xfc\xff up\n") -> Form:
    return Form(
        commit=lambda _, tree, parent: commit_bytes(tree, [parent], message, headers=b"encoding " + name + b"\n")
    )


def _message(message: bytes) -> Form:
    return Form(commit=lambda _, tree, parent: commit_bytes(tree, [parent], message))


def _author(author: bytes) -> Form:
    return Form(commit=lambda _, tree, parent: commit_bytes(tree, [parent], author=author))


def _at(when: bytes) -> Form:
    return Form(commit=lambda _, tree, parent: commit_bytes(tree, [parent], when=when))


def _headers(headers: bytes) -> Form:
    return Form(commit=lambda _, tree, parent: commit_bytes(tree, [parent], headers=headers))


def _lines(text: str) -> Form:
    """The whole commit; TREE, PARENT and WHO stand for what is right there."""

    def written(_: Forge, tree: str, parent: str) -> bytes:
        whole = text.encode().replace(b"TREE", tree.encode()).replace(b"PARENT", parent.encode())
        return whole.replace(b"WHO", _AUTHOR)

    return Form(commit=written)


def _parents(*more: str) -> Form:
    return Form(commit=lambda _, tree, parent: commit_bytes(tree, [parent, *more]))


def _parent_of(kind: str) -> Form:
    """A second parent that is no commit."""

    def written(forge: Forge, tree: str, parent: str) -> bytes:
        commit = f"object {parent}\ntype commit\ntag x\ntagger T <t> 1 +0000\n\nx\n"
        other = {"tree": tree, "blob": forge.blob(b"x"), "tag": forge.object("tag", commit.encode())}[kind]
        return commit_bytes(tree, [parent, other])

    return Form(commit=written)


ENCODINGS: Final[Mapping[str, Form]] = {
    f"encoding {name[:20].decode(errors='replace')!r}": _encoded(name)
    for name in (
        *(b"idna", b"punycode", b"undefined", b"unicode_escape", b"raw_unicode_escape", b"base64", b"zlib", b"rot13"),
        *(
            b"hex",
            b"uu",
            b"bz2",
            b"quopri",
            b"mbcs",
            b"oem",
            b"charmap",
            b"aliases",
            b"",
            b" ",
            b"\xe9\xff",
            b"utf-8\0x",
        ),
        *(b"../../etc/passwd", b"x" * 100_000, b"utf-16", b"utf_8_sig", b"ISO-8859-1", b"windows-1252", b"no-such"),
    )
} | {
    "a lone surrogate in utf-7": _encoded(b"utf-7", b"+2AA- tidy\n"),
    "a lone surrogate by an escape": _encoded(b"unicode_escape", b"\\ud800 tidy\n"),
    "a bad escape": _encoded(b"unicode_escape", b"\\x tidy \\q\n"),
    "much in punycode": _encoded(b"punycode", b"a-" + b"b" * 300_000),
    "two encodings": _headers(b"encoding latin-1\nencoding idna\n"),
}
MESSAGES: Final[Mapping[str, Form]] = {
    "no message": _message(b""),
    "blank lines for a message": _message(b"\n" * 100_000),
    "one line of 5 MB": _message(b"revert " * 750_000),
    "a million lines": _message(b"Revert #1\n" * 1_000_000),
    "zero bytes": _message(b"Tidy\0up\0\n\0"),
    "surrogates as bytes": _message(b"\xed\xa0\x80\xed\xb0\x80 tidy\n"),
    "escapes and turned text": _message("\x1b]0;x\x07\x1b[2J\u202e\u2066tidy\r\n".encode()),
    "carriage returns": _message(b"Tidy\rup\r\r\n"),
    "shas of everybody": _message(b"This reverts commit " + b"a" * 40 + b".\n" + b"deadbeef " * 20_000),
    "a title of brackets": _message(b'Revert "' * 20_000),
}
PEOPLE: Final[Mapping[str, Form]] = {
    "an author without name": _author(b" <m@example.org>"),
    "an author without anything": _author(b" <>"),
    "an author without brackets": _author(b"Mallory"),
    "an author with one bracket": _author(b"Mallory <m@example.org"),
    "an author with many brackets": _author(b"M <<a>> <b> <c@d>"),
    "an author that is not UTF-8": _author(b"\xff\xfe <\xe9@\xe8>"),
    "an author of a megabyte": _author(b"M" * 1_000_000 + b" <m@example.org>"),
    "an author with zero bytes": _author(b"Mal\0lory <m@example.org>"),
    "an author with escapes": _author(b"\x1b[31mM\x07 <m>"),
    "an author of blanks": _author(b"    <   >"),
    "mail map syntax": _author(b"A <a@x> B <b@x> #c"),
    "an author in idna": Form(
        commit=lambda _, tree, parent: commit_bytes(tree, [parent], author=b"\xff <m>", headers=b"encoding idna\n")
    ),
}
TIMES: Final[Mapping[str, Form]] = {
    f"time {when.decode()[:30]!r}": _at(when)
    for when in (
        *(b"-1 +0000", b"-99999999999 +0000", b"2147483648 +0000", b"4294967296 +0000", b"253402300800 +0000"),
        *(b"9223372036854775807 +0000", b"9223372036854775808 +0000", b"18446744073709551616 +0000"),
        *(
            b"9" * 60 + b" +0000",
            b"0 +0000",
            b"abc +0000",
            b" ",
            b"1700007200",
            b"1700007200 +9999",
            b"1700007200 -9999",
        ),
        *(b"1700007200 +99999999999999", b"1700007200 UTC", b"1e9 +0000", b"1700007200.5 +0000", b"1700007200  +0000"),
        *(b"1700007200 +2400", b"1700007200 -2400", b"1700007200 +1439", b"9223372036854775807 +1400"),
    )
}
HEADERS: Final[Mapping[str, Form]] = {
    "no author": _lines("tree TREE\nparent PARENT\ncommitter WHO\n\nx\n"),
    "no committer": _lines("tree TREE\nparent PARENT\nauthor WHO\n\nx\n"),
    "nobody": _lines("tree TREE\nparent PARENT\n\nx\n"),
    "two authors": _lines("tree TREE\nparent PARENT\nauthor WHO\nauthor WHO\ncommitter WHO\n\nx\n"),
    "parent before tree": _lines("parent PARENT\ntree TREE\nauthor WHO\ncommitter WHO\n\nx\n"),
    "parent after author": _lines("tree TREE\nauthor WHO\nparent PARENT\ncommitter WHO\n\nx\n"),
    "no blank line": _lines("tree TREE\nparent PARENT\nauthor WHO\ncommitter WHO\n"),
    "no last newline": _lines("tree TREE\nparent PARENT\nauthor WHO\ncommitter WHO"),
    "windows lines": _lines("tree TREE\r\nparent PARENT\r\nauthor WHO\r\ncommitter WHO\r\n\r\nx\r\n"),
    "upper case ids": Form(commit=lambda _, tree, parent: commit_bytes(tree.upper(), [parent.upper()])),
    "two trees": _lines("tree TREE\ntree TREE\nparent PARENT\nauthor WHO\ncommitter WHO\n\nx\n"),
    "a signature of 5 MB": _headers(b"gpgsig -----BEGIN\n" + b" x\n" * 1_500_000),
    "headers nobody knows": _headers(b"x\n\xff\xfe 1\nparent no\ntree no\n" * 100),
    "a merge tag of nonsense": _headers(b"mergetag object no\n type no\n"),
}
PARENTS: Final[Mapping[str, Form]] = {
    "a second parent that is not there": _parents("1" * 40),
    "a second parent that is no id": _parents("z" * 40),
    "a short second parent": _parents("abc"),
    "the null id for a second parent": _parents("0" * 40),
    "a tree for a second parent": _parent_of("tree"),
    "a file for a second parent": _parent_of("blob"),
    "a tag for a second parent": _parent_of("tag"),
    "the same parent twice": Form(commit=lambda _, tree, parent: commit_bytes(tree, [parent, parent])),
    "five thousand parents": Form(commit=lambda _, tree, parent: commit_bytes(tree, [parent] * 5_000)),
}
