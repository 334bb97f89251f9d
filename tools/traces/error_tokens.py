"""The words of an error message that could name something in code."""

import re
from collections.abc import Iterable, Iterator

from tools.text.identifiers import KEYWORDS, STOCK
from tools.text.rule import without_placeholders

MAX_TOKENS = 64
MAX_TEXT = 8_000

_QUOTED = re.compile(r"'([^'\n]{1,200})'|\"([^\"\n]{1,200})\"|`([^`'\n]{1,200})[`']")
_NAME = re.compile(r"(?<!\w)[^\W\d][\w$]*")
_HASH = re.compile(r"[0-9a-fA-F]{16}")
_BEFORE, _BEHIND = ("\\", ":", ">"), ("\\", "(")
_KEY = re.compile(r"[\w$]+(?:[.\-:/][\w$]+){1,8}")


def tokens_of(messages: Iterable[str]) -> tuple[str, ...]:
    """At most 64 distinct words in order of appearance. What a message quotes is kept even when it is a common word:
    in `Cannot read property 'value'` it is the one that counts."""
    tokens: dict[str, None] = {}
    for message in messages:
        for word in _words(without_placeholders(message[:MAX_TEXT])):
            tokens.setdefault(word)
            if len(tokens) >= MAX_TOKENS:
                return tuple(tokens)
    return tuple(tokens)


def _words(text: str) -> Iterator[str]:
    end = 0
    for quoted in _QUOTED.finditer(text):
        yield from _unquoted(text[end : quoted.start()])
        yield from _quoted(quoted[1] or quoted[2] or quoted[3] or "")
        end = quoted.end()
    yield from _unquoted(text[end:])


def _unquoted(text: str) -> Iterator[str]:
    for found in _NAME.finditer(text):
        word = found[0]
        if len(word) <= 2 or _HASH.search(word) or word in KEYWORDS:
            continue
        qualified = text[found.start() - 1 : found.start()] in _BEFORE or text[found.end() : found.end() + 1] in _BEHIND
        if word.lower() not in STOCK or (qualified and word != word.lower()):
            yield word


def _quoted(text: str) -> Iterator[str]:
    """A quoted key as a whole (`app.time-out`), then its words; a quoted sentence like any other text."""
    if len(text.split()) > 2:
        yield from _unquoted(text)
        return
    if _HASH.search(text):
        return
    if _KEY.fullmatch(text):
        yield text
    for word in _NAME.findall(text):
        if len(word) > 1 and word not in ("this", "self"):
            yield word
