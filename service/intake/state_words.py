"""The words of a state, and those among them that deny it: `not ok` and `deploy_failed` are no end of an alert.

`low disk space resolved` and `no data: resolved` are one: what is over is called by its trouble. Where neither reading
is sure, the state counts as denied, for an end that is none loses an error for good.
"""

import re
from collections.abc import Sequence

from service.intake.field_names import NEITHER
from service.intake.lenient import OVER

BECOMES = re.compile(r"[-=]>|→| to |_to_|\bnow\b:?", re.I)
"""What stands behind it is so now (`OK -> CRITICAL`, `FIRING_TO_OK`)."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SHORT_NOT = re.compile(r"n['’]t\b", re.I)
_PART = re.compile(r"[:()|]|\s-\s|(?<![a-z])(?:from|after)(?![a-z])", re.I)
"""What follows only says what it is about (`Resolved: high failure rate`)."""
_NOT = frozenset(("not", "never", "cannot", "unable", "un"))
_BETWEEN = re.compile(r"longer|yet|been?|being|to|the|an?|\w+ly")
"""Words that may stand between `no` and what is denied."""
_OF_ITS_OWN = re.compile(r"(?!being)\w+ing|\w+[ai]ble|ready|found")
"""After `not` it is the name of a trouble (`NotReady`, `not responding`), which can be over."""
_FAILS = frozenset(("fail", "fails", "failed", "failing"))
_TROUBLE = _FAILS | {"failure", "failures", "low", "timeout"}
_NOT_YET = frozenset(
    ("pending", "awaiting", "expected", "needed", "required", "mode", "progress", "false", "attempt", "attempted")
)
"""Beside an end: it is looked forward to."""
_ALONE = _NOT_YET - {"attempt", "attempted", "mode"} | {"in"}
"""The same of an end that stands in another part (`resolved: false`, `closed - in progress`)."""
_NO_ALARM = re.compile(r"false\s+(?:positives?|alarms?|alerts?)(?![a-z])", re.I)
_PART_OF = re.compile(r"(?<![\d/])(\d{1,6})\s*(?:of|/|out of)\s*(\d{1,6})(?![\d/])", re.I)
_DAY = re.compile(r"(?<![a-z])(?:at|on)\s+\d{1,2}/\d{1,2}", re.I)
_TO_COME = frozenset(
    (
        *("reopened", "reopen", "reopens", "reopening", "be", "soon", "later", "tomorrow", "shortly", "will", "would"),
        *(
            "should",
            "may",
            "might",
            "must",
            "maybe",
            "perhaps",
            "possibly",
            "hopefully",
            "unlikely",
            "hardly",
            "barely",
        ),
        *("almost", "nearly", "if", "unless", "until", "un"),
    )
)
"""Anywhere beside an end (`to be resolved`), or in another part, alone (`resolved (reopened)`)."""
_SPOILT = frozenset(
    (
        *("wrong", "wrongly", "incorrect", "incorrectly", "badly", "falsely", "improperly", "unreachable", "lost"),
        *("aborted", "impossible", "stopped", "interrupted", "cancelled", "canceled", "refused", "rejected", "skipped"),
        *("again", "broken", "then"),
    )
)
"""After an end (`recovery aborted`); before one they are the trouble that is over (`host unreachable resolved`)."""
_ASKED = re.compile(r"\?\s*$")
_DENIALS = _NOT | _TROUBLE | {"no"}
_OUTCOMES = _NOT | _FAILS | {"no"}
"""What says at last, by itself, that it was not done (`close: failed`)."""
_DONE = frozenset(("resolved", "recovered", "closed", "cleared", "fixed", "ended"))
"""Words that after a trouble say that it is over: of the others `failed close` and `low success` are made."""
_ENDS = OVER | NEITHER
_MOST_WORDS = 50
"""Of more, and of those about a person or a deploy, any denial counts."""


_TITLE_OVER = re.compile(
    r"\W{0,4}\[\W{0,3}(?:resolved|recovered)\](?!\W{0,4}\[)(?![^\n]{0,300}\bstill\b)"
    r"|\W{0,4}(?:(?:site|host|monitor) )?[^\s.]{1,60}(?:\.[^\s.]{1,60}){1,9} is (?:now )?(?:back )?(?:up|online)[.!]?\s*\Z",
    re.I,
)
"""What a template writes before the title of an end, and what a watcher says of a host that it names with its domain. `Error rate is up`
is trouble, and `Recovered: runtime error` an error's own words: those end nothing."""


def titles_end(title: str) -> bool:
    """Whether a title is that of an end (`[RESOLVED] disk full`, `shop.org is up`)."""
    return _TITLE_OVER.match(title) is not None and not is_denied(title)


def words_of(text: str) -> frozenset[str]:
    """Its words in lower case, also those that are written together (`alertResolved`, `alert_resolved`)."""
    return frozenset(_in_order(text))


def is_denied(text: str) -> bool:
    """Whether it says that something is not over, or was not done."""
    parts = [_in_order(part) for part in _PART.split(_SHORT_NOT.sub(" not", text))]
    words = [word for part in parts for word in part]
    if not NEITHER.isdisjoint(words) or len(words) > _MOST_WORDS:
        return not _DENIALS.isdisjoint(words)
    if not _ENDS.isdisjoint(words) and (_is_looked_forward_to(text) or _is_partly(text) or _is_taken_back(text)):
        return True
    last = next((part for part in reversed(parts) if part), [])
    return bool(last and _OUTCOMES.issuperset(last)) or any(map(_denies_end, parts)) or _is_trouble(parts)


def _is_looked_forward_to(text: str) -> bool:
    """Whether the end is still to come. Of what is called done only a word beside that says so (`resolved=false`), not one
    about something else (`Resolved, awaiting postmortem`)."""
    parts = [_in_order(each) for part in _PART.split(_NO_ALARM.sub(" ", text)) for each in re.split("[,;]", part)]
    if _DONE.isdisjoint(word for part in parts for word in part):
        return any(not _NOT_YET.isdisjoint(part) for part in parts)
    beside = (part for part in parts if not _ENDS.isdisjoint(part) or _ALONE.issuperset(part))
    return any(not _NOT_YET.isdisjoint(part) for part in beside)


def _is_taken_back(text: str) -> bool:
    """Whether the end is asked for, will come, came wrongly or lasted no time."""
    parts = [_in_order(each) for part in _PART.split(text) for each in re.split("[,;]", part)]
    return _ASKED.search(text) is not None or any(map(_takes_back, parts))


def _takes_back(words: Sequence[str]) -> bool:
    end = next((place for place, word in enumerate(words) if word in _ENDS), None)
    if end is None:
        return bool(words) and _TO_COME.issuperset(words)
    return not _TO_COME.isdisjoint(words) or not _SPOILT.isdisjoint(words[end + 1 :])


def _is_partly(text: str) -> bool:
    """Whether only a part of the end is told (`1 of 2 resolved`); a date is no part."""
    part = _PART_OF.search(_DAY.sub(" ", text))
    return part is not None and int(part[1]) < int(part[2])


def _in_order(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _denies_end(words: Sequence[str]) -> bool:
    """Whether an end stands after the word that denies it, or that word last."""
    ends = not _ENDS.isdisjoint(words)
    return (ends and words[-1] in _DENIALS) or any(_denied_after(words, place) for place in range(len(words)))


def _denied_after(words: Sequence[str], place: int) -> bool:
    """Whether this word denies an end after it: `no` the next one, `not` and `failed to` any."""
    word, after = words[place], words[place + 1 :]
    if word == "no":
        return next((each for each in after if not _BETWEEN.fullmatch(each)), "") in _ENDS
    denies = word in _NOT and not (after and _OF_ITS_OWN.fullmatch(after[0]))
    return (denies or (word in _TROUBLE and after[:1] == ["to"])) and not _ENDS.isdisjoint(after)


def _is_trouble(parts: Sequence[Sequence[str]]) -> bool:
    """Whether it names a trouble, and neither after it nor in another part says that this is over."""
    troubled = [number for number, part in enumerate(parts) if not _TROUBLE.isdisjoint(part)]
    if not troubled:
        return False
    words = parts[troubled[-1]]
    last = max(place for place, word in enumerate(words) if word in _TROUBLE)
    others = (word for number, part in enumerate(parts) if number != troubled[-1] for word in part)
    return _DONE.isdisjoint((*words[last + 1 :], *others))
