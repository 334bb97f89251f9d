"""Hostile text made safe to show: one line, no control characters, no direction tricks, bounded.

Commit subjects, author names and error messages are written by strangers. Every renderer passes them through `line`
first and then applies the escaping of its own surface.
"""

import re
import unicodedata

from tools.text.redaction import redact

ELLIPSIS = "…"
# A terminal sequence: CSI, OSC (ends at BEL or ST), or any other two-character escape. Linear: no class holds ESC.
_ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[^\[\]PX^_]?|\x9b[0-?]*[@-~]?"
)
_SPACES = re.compile(r"\s+")
_MARKS_KEPT = 2
_ISOLATE, _POP = "\u2068", "\u2069"


def line(text: str, limit: int) -> str:
    """`text` as one printable line of at most `limit` characters, redacted; what was cut shows as an ellipsis.

    Right-to-left text is wrapped in a directional isolate (Unicode UAX 9), so that it cannot reorder its neighbours.
    """
    bounded = redact(text[: limit * 20 + 200])
    printable = "".join(_printable(_ANSI.sub("", bounded)))
    clipped = clip(_SPACES.sub(" ", printable).strip(), limit)
    if any(unicodedata.bidirectional(char) in ("R", "AL") for char in clipped):
        return f"{_ISOLATE}{clip(clipped, limit - 2)}{_POP}"
    return clipped


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + ELLIPSIS


def web_address(url: str | None) -> str | None:
    """The address when it is a plain http(s) one that no surface can misread, else None."""
    if url is None or not re.fullmatch(r"https?://[A-Za-z0-9.\-_~:/?#@!$&+,;=%]{1,1900}", url):
        return None
    return url


def _printable(text: str) -> list[str]:
    """The characters that may be shown; runs of combining marks are cut short, line breaks become spaces."""
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if char.isspace():
            kept.append(" ")
        elif category not in ("Cc", "Cf", "Cs", "Co", "Cn") and marks <= _MARKS_KEPT:
            kept.append(char)
    return kept


def block(text: str, most: int, limit: int = 2_000) -> list[str]:
    """The lines of `text`, each as `line` gives it but with its indentation; at most `most` of them."""
    lines = text.splitlines()
    shown = [f"{' ' * min(len(each) - len(each.lstrip(' ')), 80)}{line(each, limit)}" for each in lines[:most]]
    return [*shown, f"{ELLIPSIS} {len(lines) - most} more lines"] if len(lines) > most else shown
