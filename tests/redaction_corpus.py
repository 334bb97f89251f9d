"""Lines with secrets, personal data or neither, made up from documented formats, and whether a redactor does right.

The files of `tests/tools/text/corpus` hold no secret: values are drawn here, from a fixed seed, into their templates.
`«...»` marks what must not survive, `{hex:32}` stands for 32 random characters of an alphabet, `{200B}` for a character
by its number. A section is `#### name`, an entry is `== kind` and the lines below it.
"""

import random
import re
import string
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "tools" / "text" / "corpus"
SECTIONS = ("secrets", "personal", "disguised", "harmless")
_LOWER, _UPPER, _DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
_ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "low": _LOWER + _DIGITS,
    "an": _LOWER + _UPPER + _DIGITS,
    "UP": _UPPER + "234567",
    "UPD": _UPPER + _DIGITS,
    "AGE": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "dig": _DIGITS,
    "b64": _LOWER + _UPPER + _DIGITS + "+/",
    "url": _LOWER + _UPPER + _DIGITS + "_-",
}
_DRAWN = re.compile(r"\{(" + "|".join(_ALPHABETS) + r"):(\d{1,3})\}")
_NUMBERED = re.compile(r"\{([0-9A-F]{4,5})\}")
_MARKED = re.compile(r"«([^«»]*)»")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_SHORTEST_LEAK = 6


class Entry(NamedTuple):
    """One text with what must not survive in it; nothing in harmless ones, which must not change at all."""

    section: str
    kind: str
    text: str
    secrets: tuple[str, ...]


def entries(name: str) -> list[Entry]:
    """The entries of `corpus/<name>.txt`."""
    return list(_read((FOLDER / f"{name}.txt").read_text(encoding="utf-8")))


def is_right(entry: Entry, redact: Callable[[str], str]) -> bool:
    """Whether the secrets are gone, up to pieces of five characters, or the harmless text is as it was."""
    redacted = redact(entry.text)
    if not entry.secrets:
        return redacted == entry.text
    shown = _plain(redacted)
    return not any(piece in shown for secret in entry.secrets for piece in _pieces(_plain(secret)))


def _pieces(secret: str) -> Iterator[str]:
    length = min(len(secret), _SHORTEST_LEAK)
    return (secret[at : at + length] for at in range(len(secret) - length + 1))


def _plain(text: str) -> str:
    """What a person reads of it: no colours, no invisible characters, full-width letters as plain ones."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", _COLOUR.sub("", text)) if "!" <= letter <= "~")


def _read(text: str) -> Iterator[Entry]:
    section, source = "", random.Random(20240611)
    for block in re.split(r"^(?=####|== )", text, flags=re.MULTILINE):
        head, _, body = block.partition("\n")
        if head.startswith("#### "):
            section = head[5:]
        elif head.startswith("== "):
            drawn = _DRAWN.sub(lambda found: _random(source, found[1], int(found[2])), body.rstrip("\n"))
            whole = _NUMBERED.sub(lambda found: chr(int(found[1], 16)), drawn)
            yield Entry(section, head[3:], _MARKED.sub(r"\1", whole), tuple(_MARKED.findall(whole)))


def _random(source: random.Random, alphabet: str, length: int) -> str:
    return "".join(source.choices(_ALPHABETS[alphabet], k=length))
