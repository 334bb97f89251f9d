"""What is written for a chat, as a title, a text and rows: Slack's blocks, Microsoft's adaptive cards, Google Chat's cards.

The rows come to stand where Slack's older form has them, so that the same is believed of them (service/intake/told_in_rows.py).
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from service.intake.lenient import object_in

_IN_BOLD = re.compile(r"\*{1,2}([^*\n]{1,60}?):?\*{1,2}:?\s{0,3}(\S[^\n]{0,500})")
_MOST, _DEEPEST = 500, 10
_IN_TEXT = ("header", "text", "textParagraph", "fields", "title")
_LABELLED = (("title", "value"), ("name", "value"), ("topLabel", "text"))
"""A name and a value, as a fact or a widget holds them."""


def without_card(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with what its card says in place of the card; itself when it has none."""
    attached = object_in(document, "attachments")
    cards = (document.get("blocks"), attached.get("blocks"), object_in(attached, "content").get("body"))
    card = next((each for each in (*cards, document.get("cardsV2")) if isinstance(each, list)), None)
    if card is None:
        return document
    parts = list(islice(_parts(card), _MOST))
    texts = [value for name, value in parts if not name and not _IN_BOLD.search(value)]
    rows = [(name, value) for name, value in parts if name]
    rows += [(found[1], found[2]) for name, value in parts if not name for found in _IN_BOLD.finditer(value)]
    rest = {name: value for name, value in document.items() if name not in ("blocks", "cardsV2", "attachments", "type")}
    fields = [{"title": name, "value": value} for name, value in rows]
    return {**dict(zip(("title", "text"), texts, strict=False)), "attachments": [{"fields": fields}], **rest}


def _parts(value: object, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Rows of a name and a value, and texts, which have no name, in their order."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for each in value:
            yield from _parts(each, depth + 1)
    if not isinstance(value, Mapping):
        return
    row = next((row for names in _LABELLED if all(row := tuple(str(value.get(name) or "") for name in names))), None)
    if row is not None:
        yield row[0], row[1]
        return
    for name, inner in value.items():
        if isinstance(inner, str) and name in _IN_TEXT and inner.strip():
            yield "", inner.strip()
        elif isinstance(inner, Mapping | list):
            yield from _parts(inner, depth + 1)
