"""A Slack message or modal as an HTML page, about as Slack shows it: to look at without a workspace."""

import html
import re
from collections.abc import Iterator, Sequence

from service.render.slack_text import Block

_MARKS = re.compile(
    r"```(?P<block>.*?)```|<(?P<url>https?://[^|<>]*)\|(?P<label>[^<>]*)>|<@(?P<person>[A-Z0-9]+)>"
    r"|\*(?P<bold>[^*\n]+)\*|`(?P<code>[^`\n]+)`",
    re.DOTALL,
)
_STYLE = """
body{font:15px/1.46 Lato,'Noto Sans','DejaVu Sans',sans-serif;color:#1d1c1d;background:#fff;margin:20px;width:640px}
.message{display:grid;grid-template-columns:36px 1fr;gap:8px;margin-bottom:22px}
.icon{width:36px;height:36px;border-radius:6px;background:#7a1f1f;color:#fff;text-align:center;line-height:36px;font-weight:700}
.app{font-weight:700}.app small{background:#ddd;color:#616061;border-radius:2px;padding:0 3px;font-size:10px}
h3{font-size:18px;margin:4px 0}p{margin:6px 0;white-space:pre-wrap}.small{color:#616061;font-size:13px}
code{color:#c01343;background:#f8f8f8;border:1px solid #ddd;border-radius:3px;padding:0 3px;font-size:12px}
pre{background:#f8f8f8;border:1px solid #ddd;border-radius:4px;padding:8px;white-space:pre-wrap;font-size:12px}
a{color:#1264a3;text-decoration:none}.person{background:#e8f5fa;color:#1264a3}
.button{display:inline-block;border:1px solid #bbb;border-radius:4px;padding:3px 11px;margin:4px 6px 0 0;font-weight:700}
.danger{color:#e01e5a;border-color:#e01e5a}
"""


def page(messages: Sequence[Sequence[Block]]) -> str:
    """A whole page with these messages, one below the other."""
    shown = "\n".join(_message(blocks) for blocks in messages)
    head = f'<meta charset="utf-8"><title>Red Tide in Slack</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{shown}\n</body></html>\n'


def _message(blocks: Sequence[Block]) -> str:
    rows = "\n".join(row for block in blocks for row in _rows(block))
    app = '<div class="app">Red Tide <small>APP</small></div>'
    return f'<div class="message"><div class="icon">R</div><div>{app}\n{rows}</div></div>'


def _rows(block: Block) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield f"<h3>{html.escape(block['text']['text'])}</h3>"
        case "actions":
            yield f"<div>{''.join(map(_element, block['elements']))}</div>"
        case "context":
            yield f'<p class="small">{"".join(_mrkdwn(each["text"]) for each in block["elements"])}</p>'
        case _:
            yield f"<p>{_mrkdwn(block['text']['text'])}</p>"


def _element(element: Block) -> str:
    label = {"overflow": "⋯", "static_select": f"{element.get('placeholder', {}).get('text', '')} ▾"}
    text = label.get(element["type"]) or element["text"]["text"]
    style = " danger" if element.get("style") == "danger" else ""
    return f'<span class="button{style}">{html.escape(text)}</span>'


def _mrkdwn(escaped: str) -> str:
    """Text of a message, in which only & < > are escaped, as HTML."""
    parts: list[str] = []
    end = 0
    for mark in _MARKS.finditer(escaped):
        parts += [_plain(escaped[end : mark.start()]), _marked(mark)]
        end = mark.end()
    return "".join([*parts, _plain(escaped[end:])])


def _marked(mark: re.Match[str]) -> str:
    match mark.lastgroup:
        case "block":
            return f"<pre>{_plain(mark['block'])}</pre>"
        case "label":
            return f'<a href="{_plain(mark["url"])}">{_mrkdwn(mark["label"])}</a>'
        case "person":
            return f'<span class="person">@{mark["person"]}</span>'
        case "bold":
            return f"<b>{_mrkdwn(mark['bold'])}</b>"
        case _:
            return f"<code>{_plain(mark['code'])}</code>"


def _plain(escaped: str) -> str:
    return html.escape(html.unescape(escaped))
