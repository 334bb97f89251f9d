"""What is looked for in a text, where it is looked for, and what takes its place."""

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

PLACEHOLDER: Final = "<redacted:"
Replacement = Callable[[re.Match[str]], str]
KeyedReplacement = Callable[[re.Match[str], re.Match[str]], str]


_WHOLE: Final = re.compile(r"<redacted:[a-z-]{1,20}>")


def without_placeholders(text: str) -> str:
    """`text` for whoever takes words from it: what a placeholder says is no word of the text."""
    return _WHOLE.sub("", text) if PLACEHOLDER in text else text


class Rule(NamedTuple):
    """`pattern` is searched for in texts that hold one of `cues` (lower case; none: in every text)."""

    cues: tuple[str, ...]
    pattern: re.Pattern[str]
    replacement: str | Replacement


class Anchored(NamedTuple):
    """Patterns that are only tried behind a key: where one of `words` (lower case) stands, `key` must match, and behind it
    one of the forms; the first to mask wins. A replacement is given both matches, and takes the place of the second.
    `admits` refuses a key by what precedes it, before anything longer is tried.

    Searching for many long patterns at every letter takes seconds where this takes milliseconds.
    """

    words: tuple[str, ...]
    key: re.Pattern[str]
    forms: tuple[tuple[re.Pattern[str], KeyedReplacement], ...]
    admits: Callable[[re.Match[str]], bool] = lambda _: True


def apply(rules: Iterable[Rule | Anchored], text: str) -> str:
    """The text after every rule, in their order."""
    lowered = lower(text)
    for rule in rules:
        if isinstance(rule, Anchored):
            text = _anchored(rule, text, lowered)
            lowered = lower(text)
        elif not rule.cues or any(cue in lowered for cue in rule.cues):
            text = rule.pattern.sub(rule.replacement, text)
            lowered = lower(text)
    return text


def lower(text: str) -> str:
    """Lower case, letter by letter: `İ` alone would become two."""
    return text.replace("İ", "I").lower()


def _anchored(rule: Anchored, text: str, lowered: str) -> str:
    done: list[str] = []
    end = 0
    for at in places(rule.words, lowered):
        key = rule.key.match(text, at) if at >= end else None
        if key is None or not rule.admits(key):
            continue
        for pattern, replacement in rule.forms:
            found = pattern.match(text, key.end())
            if found is not None and (new := replacement(key, found)) != found[0]:
                done += (text[end : found.start()], new)
                end = found.end()
                break
    return text if not done else "".join((*done, text[end:]))


def places(words: Iterable[str], text: str) -> list[int]:
    """Where any of the words stands. `str.find` is twenty times faster than a pattern of alternatives."""
    found: set[int] = set()
    for word in words:
        at = text.find(word)
        while at >= 0:
            found.add(at)
            at = text.find(word, at + len(word))
    return sorted(found)


def masked(found: re.Match[str], kind: str, group: str = "value", value: str | None = None) -> str:
    """The match with a placeholder for one of its groups, or for `value`, with which that group begins."""
    start = found.start(group) - found.start()
    length = len(found[group] if value is None else value)
    return f"{found[0][:start]}{PLACEHOLDER}{kind}>{found[0][start + length :]}"


def only_if(check: Callable[[str], bool], kind: str) -> Replacement:
    """A replacement of what passes `check`."""
    return lambda found: f"{PLACEHOLDER}{kind}>" if check(found[0]) else found[0]


_NAME: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"


def word_before(text: str, at: int, letters: str = _NAME, longest: int = 40) -> str:
    """The letters, digits, `_` and `-` that end at a place: the first half of a name whose second half was found."""
    before = text[max(0, at - longest) : at]
    return before[len(before.rstrip(letters)) :]
