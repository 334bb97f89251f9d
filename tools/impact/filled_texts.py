"""Errors of filling in a text, and the translations whose gaps a commit changed: no code is wrong there."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from tools.commits.placeholders import ChangedGap
from tools.impact.failure_site import FailureSite

_FILLING: Final = re.compile(
    r"arguments? for format string|arguments converted during string formatting|unsupported format character|format requires a"
    r"|incomplete format|replacement index|missing ?format|format ?conversion|illegalformat|printf\(\)|arguments are required"
    r"|interpolation|single '[{}]'|expected '[}]'|placeholder|format ?(?:string|specifier)|malformed (?:message|pattern)",
    re.IGNORECASE,
)
_KEY_MISSING: Final = re.compile(r"KeyError|key not found|undefined (?:index|array key|variable)|has no attribute", re.IGNORECASE)
_NAME: Final = re.compile(r"[^\W\d_]\w*")


@dataclass(frozen=True, slots=True)
class BrokenText:
    """A text whose gaps the commit changed; `named`: the error names what only the new text asks for."""

    place: str
    before: str
    after: str
    named: bool


def texts_broken(site: FailureSite) -> Callable[[Iterable[ChangedGap]], BrokenText | None] | None:
    """How to find the text among those that a commit changed; None when the error is not about filling one in."""
    error = f"{site.exception} {site.message[:1_000]}"
    filling = bool(_FILLING.search(error))
    if not filling and not _KEY_MISSING.search(error):
        return None
    words = set(_NAME.findall(site.message))

    def find(changed: Iterable[ChangedGap]) -> BrokenText | None:
        found = [_broken(each, words) for each in changed]
        fitting = [each for each in found if each.named or filling]
        return max(fitting, key=lambda each: each.named, default=None)

    return find


def _broken(changed: ChangedGap, words: set[str]) -> BrokenText:
    new = [gap for gap in changed.gaps if words.intersection(_NAME.findall(gap))]
    before, after = "".join(changed.lost[:1]), "".join((new or changed.gaps)[:1])
    return BrokenText(changed.place, before[:60], after[:60], named=bool(new))
