"""A Slack message as terminal text, about as Slack shows it."""

import html
import re
import textwrap
from collections.abc import Iterator, Sequence

from service.render.slack_text import Block

_LINK = re.compile(r"<https?://[^|<>]*\|([^<>]*)>")
_EDGE = "│ "


def preview(blocks: Sequence[Block], *, color: bool = False, width: int = 100) -> str:
    """The blocks one below the other behind a line, ending in a newline; links show their label only."""
    room = max(width - len(_EDGE), 20)
    rows = [row for block in blocks for row in (*_rows(block, room, color), "")]
    return "\n".join(f"{_EDGE}{row}".rstrip() for row in rows[:-1]) + "\n"


def _rows(block: Block, width: int, color: bool) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield f"\x1b[1m{block['text']['text']}\x1b[0m" if color else block["text"]["text"]
        case "actions":
            yield "  ".join(_element(each) for each in block["elements"])
        case "context":
            yield from _text(" ".join(each["text"] for each in block["elements"]), width)
        case _:
            yield from _text(block["text"]["text"], width)


def _text(mrkdwn: str, width: int) -> Iterator[str]:
    for line in html.unescape(_LINK.sub(r"\1", mrkdwn)).splitlines():
        plain = line.replace("\u200b", "").strip("*")
        if plain.startswith("```"):
            yield f"  {plain.strip('`')}"  # never wrapped: a command must survive copying
        else:
            yield from textwrap.wrap(plain.replace("`", ""), width, break_long_words=False) or [""]


def _element(element: Block) -> str:
    match element["type"]:
        case "static_select":
            return f"[{element['placeholder']['text']} ▾]"
        case "overflow":
            return "[⋯]"
        case _:
            return f"[{element['text']['text']}]"
