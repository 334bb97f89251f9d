"""A redaction rule: what to search for, where, and the replacement."""

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

PLACEHOLDER: Final = "<redacted:"
DENSE: Final = "<redacted:dense>"
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
            new = rule.replacement
            text = rule.pattern.sub(new if isinstance(new, str) else Bounded(new, text), text)
            lowered = lower(text)
    return text


class Bounded:
    """Judges so many matches of a text one by one. A text with more of them, one in 50 characters, is hostile, and loses
    all the others: judging takes a hundred times longer than finding."""

    def __init__(self, judge: Replacement, text: str) -> None:
        self._judge = judge
        self._left = _most_judged(text)

    def __call__(self, found: re.Match[str]) -> str:
        """What takes the place of the match."""
        self._left -= 1
        return DENSE if self._left < 0 else self._judge(found)

    @property
    def spent(self) -> bool:
        """Whether what comes will not be judged."""
        return self._left <= 0


def _most_judged(text: str) -> int:
    return max(2_500, len(text) // 50)


def lower(text: str) -> str:
    """Return lower case with the same length: `İ` alone would become two characters."""
    return text.replace("İ", "I").lower()


_TRIED: Final = 4
_OPEN: Final = (":", "=", ">", "|", "\\", ",", "(")


def _anchored(rule: Anchored, text: str, lowered: str) -> str:
    """As many are judged as `Bounded` says, or `_TRIED` times as many keys tried in vain; of the others the text loses
    the lines from the key on."""
    done: list[str] = []
    end = 0
    left = _most_judged(text) * _TRIED
    for at in places(rule.words, lowered):
        if at < end or (key := rule.key.match(text, at)) is None or not rule.admits(key):
            continue
        if left <= 0:
            if not text.endswith(PLACEHOLDER, 0, at):
                done += (text[end:at], DENSE)
                end = _end_of_value(text, at)
            continue
        left -= 1
        for pattern, replacement in rule.forms:
            found = pattern.match(text, key.end())
            if found is None:
                continue
            left -= _TRIED
            if (new := replacement(key, found)) != found[0]:
                done += (text[end : found.start()], new)
                end = found.end()
                break
    return text if not done else "".join((*done, text[end:]))


def _end_of_value(text: str, key: int) -> int:
    """Of the line, or of the next one where the first ends with what opens a value."""
    end = text.find("\n", key)
    if end >= 0 and text[max(key, end - 8) : end].rstrip().endswith(_OPEN):
        end = text.find("\n", end + 1)
    return len(text) if end < 0 else end


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
