"""Untrusted text on its way into a prompt: redacted, bounded, cleaned and put between tags it cannot close."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from agents.markers import without_markers
from tools.text.redaction import redact
from tools.text.visible import visible

TAGS: Final = (
    "alert", "trace", "code", "commits", "missing", "commit", "measured", "diff", "notes", "step", "opinion",
    "reasoning", "question", "verdict",
)  # fmt: skip
"""The only tags prompts fence with. `_rules.md` tells the model what stands between them is data."""


_BREAKS: Final = str.maketrans({"\u2028": "\n", "\u2029": "\n"})
_BLANK: Final = re.compile(r"[^\S\n]{40,}|\n{4,}")


class Shown(str):
    """Text that went through this seam, as `agents.prompt` lets it into a prompt."""

    __slots__ = ()


def neutralise(text: str) -> str:
    """Make `text` unable to close a fence, to change the speaker or to hide characters from a person's eyes.

    What is not seen goes first, so that no tag can be pieced together around it; then every `<` that begins one of our
    tags becomes `‹`, and what chat templates use to change the speaker loses its brackets.
    """
    seen = visible(text.replace("\r\n", "\n"))
    if not seen.isascii():
        # Surrogates cannot be sent, private use means something to a tokenizer at most.
        seen = "".join(c for c in seen.translate(_BREAKS) if unicodedata.category(c) not in ("Cf", "Cs", "Co"))
    return without_markers(seen, TAGS)


def clean(text: str) -> str:
    """The same without secrets."""
    return neutralise(redact(visible(text)))


def excerpt(text: str, characters: int) -> str:
    """At most about `characters` of `text`: head and tail, with a line that tells how much was left out."""
    if len(text) <= characters:
        return text
    head = characters * 2 // 3
    tail = characters - head
    return f"{text[:head]}\n[... {len(text) - characters} characters left out ...]\n{text[-tail:]}"


@lru_cache(maxsize=256)  # the parts all prompts of an incident share are prepared once
def fence(text: str, tag: str, characters: int = 20_000) -> Shown:
    """`text` between `<tag>` and `</tag>`: the one way untrusted text of several lines enters a prompt.

    Redaction comes before the cut, so that no half secret escapes it; of a very long text only the ends are read.
    """
    if tag not in TAGS:
        raise ValueError(f"{tag!r} is not one of the tags the rules explain to the model")
    shown = excerpt(_squeezed(clean(excerpt(text, 20 * characters))).strip("\n"), characters)
    return Shown(f"<{tag}>\n{shown}\n</{tag}>")


@lru_cache(maxsize=2048)
def one_line(text: str, characters: int = 200) -> Shown:
    """Untrusted text that must stand on one line (a subject, a path, a name): same treatment, no line breaks."""
    flat = " ".join(clean(text[: 20 * characters]).split())
    return Shown(flat if len(flat) <= characters else flat[: characters - 1] + "…")


def _squeezed(text: str) -> str:
    """`text` without the empty room that hides what comes after it."""
    return _BLANK.sub(lambda blank: "\n\n" if "\n" in blank[0] else " " * 8, text)
