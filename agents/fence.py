"""Untrusted text on its way into a prompt: redacted, bounded, cleaned and put between tags it cannot close."""

import re
import unicodedata
from functools import lru_cache

from tools.text.redaction import redact

TAGS = (
    "alert", "trace", "code", "commits", "commit", "measured", "diff", "notes", "opinion", "reasoning", "verdict",
)  # fmt: skip
"""The only tags prompts fence with. `_rules.md` tells the model what stands between them is data."""

_OUR_TAG = re.compile(r"<(?=\s*/?\s*(?:" + "|".join(TAGS) + r")\b)", re.IGNORECASE)
# What chat templates use to change the speaker. A tokenizer may read these inside user text as the real thing.
_SPEAKER = re.compile(
    r"<[|｜][^|｜<>\n]{1,60}[|｜]>|\[/?(?:INST|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\]|<</?SYS>>"
    r"|</?s>|</?(?:start|end)_of_turn>|<\|(?=[A-Za-z_])",
    re.IGNORECASE,
)
_BLANK = re.compile(r"[^\S\n]{40,}|\n{4,}")


def neutralise(text: str) -> str:
    """Make `text` unable to close a fence, to change the speaker or to hide characters from a person's eyes.

    Every `<` that begins one of our tags becomes `‹`; chat-template markers lose their brackets; control, format
    (bidirectional, zero-width) and surrogate characters are dropped, so that no tag can be pieced together around them.
    """
    visible = "".join(character for character in text.replace("\r\n", "\n") if _visible(character))
    spoken = _SPEAKER.sub(lambda marker: marker[0].translate(_UNBRACKETED), visible)
    return _OUR_TAG.sub("‹", spoken)


def excerpt(text: str, characters: int) -> str:
    """At most about `characters` of `text`: head and tail, with a line that tells how much was left out."""
    if len(text) <= characters:
        return text
    head = characters * 2 // 3
    tail = characters - head
    return f"{text[:head]}\n[... {len(text) - characters} characters left out ...]\n{text[-tail:]}"


@lru_cache(maxsize=256)  # the parts all prompts of an incident share are prepared once
def fence(text: str, tag: str, characters: int = 20_000) -> str:
    """`text` between `<tag>` and `</tag>`: the one way untrusted text enters a prompt.

    Redaction comes before the cut, so that no half secret escapes it; of a very long text only the ends are read.
    """
    if tag not in TAGS:
        raise ValueError(f"{tag!r} is not one of the tags the rules explain to the model")
    readable = neutralise(redact(excerpt(text, 20 * characters)))
    shown = excerpt(_BLANK.sub(_shorter, readable).strip("\n"), characters)
    return f"<{tag}>\n{shown}\n</{tag}>"


@lru_cache(maxsize=2048)
def one_line(text: str, characters: int = 200) -> str:
    """Untrusted text that must stand on one line (a subject, a path, a name): same treatment, no line breaks."""
    flat = " ".join(neutralise(redact(text[: 20 * characters])).split())
    return flat if len(flat) <= characters else flat[: characters - 1] + "…"


_UNBRACKETED = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "|": "¦", "｜": "¦"})


def _visible(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _shorter(blank: re.Match[str]) -> str:
    return "\n\n" if "\n" in blank[0] else " " * 8
