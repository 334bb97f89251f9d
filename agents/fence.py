"""Prepare untrusted text for a prompt: redact, shorten and clean it, and put it between tags it cannot close."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from agents.markers import without_markers
from tools.text.redaction import redact
from tools.text.visible import visible

TAGS: Final = (
    "alert", "trace", "code", "candidates", "others", "rival", "values", "missing", "notes", "opinion", "seen", "question",
    "verdict",
)  # fmt: skip
"""The only tags that prompts use as fences. `_rules.md` tells the model that text between them is data."""


_BREAKS: Final = str.maketrans({"\u2028": "\n", "\u2029": "\n"})
_BLANK: Final = re.compile(r"[^\S\n]{40,}|\n{4,}")


class Shown(str):
    """Text that was prepared by this module, so that `agents.prompt` accepts it unchanged."""

    __slots__ = ()


def neutralise(text: str) -> str:
    """Return `text` so that it cannot close a fence, start another chat role or hide characters from a reader.

    Invisible characters are removed first, so that no tag can be assembled around them. Then every `<` that begins one
    of our tags becomes `‹`, and the markers by which chat templates change the role lose their brackets.
    """
    seen = visible(text.replace("\r\n", "\n"))
    if not seen.isascii():
        # Surrogates cannot be encoded; private-use characters could only have a meaning for a tokenizer.
        seen = "".join(c for c in seen.translate(_BREAKS) if unicodedata.category(c) not in ("Cf", "Cs", "Co"))
    return without_markers(seen, TAGS)


def clean(text: str) -> str:
    """Return the text without secrets, and neutralised."""
    return neutralise(redact(visible(text)))


def excerpt(text: str, characters: int) -> str:
    """Return about `characters` of `text`: head and tail, with a line that says how much was left out."""
    if len(text) <= characters:
        return text
    head = characters * 2 // 3
    tail = characters - head
    return f"{text[:head]}\n[... {len(text) - characters} characters left out ...]\n{text[-tail:]}"


@lru_cache(maxsize=256)  # the parts that all prompts of an incident share are prepared once
def fence(text: str, tag: str, characters: int = 20_000) -> Shown:
    """Return `text` between `<tag>` and `</tag>`: the only way for untrusted multi-line text into a prompt.

    Redaction comes before the cut, so that no part of a secret remains; of a very long text only the ends are read.
    Raises ValueError for a tag that is not in TAGS.
    """
    if tag not in TAGS:
        raise ValueError(f"{tag!r} is not one of the tags the rules explain to the model")
    shown = excerpt(_squeezed(clean(excerpt(text, 20 * characters))).strip("\n"), characters)
    return Shown(f"<{tag}>\n{shown}\n</{tag}>")


@lru_cache(maxsize=2048)
def one_line(text: str, characters: int = 200) -> Shown:
    """Return untrusted text (a subject, a path, a name) prepared in the same way and without line breaks."""
    flat = " ".join(clean(text[: 20 * characters]).split())
    return Shown(flat if len(flat) <= characters else flat[: characters - 1] + "…")


def _squeezed(text: str) -> str:
    """Return `text` without long runs of blanks, which could hide the text after them."""
    return _BLANK.sub(lambda blank: "\n\n" if "\n" in blank[0] else " " * 8, text)
