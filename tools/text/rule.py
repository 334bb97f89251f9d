"""A redaction rule: what to search for, where, and the replacement."""

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

PLACEHOLDER: Final = "<redacted:"
Replacement = Callable[[re.Match[str]], str]
KeyedReplacement = Callable[[re.Match[str], re.Match[str]], str]


_WHOLE: Final = re.compile(r"<redacted:[a-z-]{1,20}>")


def without_placeholders(text: str) -> str:
    """Return `text` without placeholders, whose words are not words of the text."""
    return _WHOLE.sub("", text) if PLACEHOLDER in text else text


class Rule(NamedTuple):
    """A rule: `pattern` is searched for in texts that contain one of `cues` (lower case; none: in every text)."""

    cues: tuple[str, ...]
    pattern: re.Pattern[str]
    replacement: str | Replacement


class Anchored(NamedTuple):
    """Patterns that are only tried after a key.

    Where one of `words` (lower case) occurs, `key` must match, and after it one of the forms; the first form that masks
    is used. A replacement receives both matches and replaces the second one. `admits` rejects a key by the text before
    it, before a longer pattern is tried.

    Searching for many long patterns at every letter takes seconds where this takes milliseconds.
    """

    words: tuple[str, ...]
    key: re.Pattern[str]
    forms: tuple[tuple[re.Pattern[str], KeyedReplacement], ...]
    admits: Callable[[re.Match[str]], bool] = lambda _: True


def apply(rules: Iterable[Rule | Anchored], text: str) -> str:
    """Return the text after every rule, in order."""
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
    """Return lower case with the same length: `İ` alone would become two characters."""
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
    """Return where any of the words occurs. `str.find` is twenty times faster than a pattern of alternatives."""
    found: set[int] = set()
    for word in words:
        at = text.find(word)
        while at >= 0:
            found.add(at)
            at = text.find(word, at + len(word))
    return sorted(found)


def masked(found: re.Match[str], kind: str, group: str = "value", value: str | None = None) -> str:
    """Return the match with a placeholder for one of its groups, or for `value`, the beginning of that group."""
    start = found.start(group) - found.start()
    length = len(found[group] if value is None else value)
    return f"{found[0][:start]}{PLACEHOLDER}{kind}>{found[0][start + length :]}"


def only_if(check: Callable[[str], bool], kind: str) -> Replacement:
    """Return a replacement that masks the match when `check` accepts it."""
    return lambda found: f"{PLACEHOLDER}{kind}>" if check(found[0]) else found[0]


_NAME: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"


def word_before(text: str, at: int, letters: str = _NAME, longest: int = 40) -> str:
    """Return the letters, digits, `_` and `-` before a position: the first part of a name."""
    before = text[max(0, at - longest) : at]
    return before[len(before.rstrip(letters)) :]
