"""Errors that a translation can cause, and the commit that changed it: a text filled in wrongly, a key that is missing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tools.commits.translations import ChangedGap, gaps_changed, keys_removed, translation_diff
from tools.git.repository import Repository
from tools.impact.failure_site import FailureSite

_FILLING: Final = re.compile(
    r"arguments? for format string|arguments converted during string formatting|unsupported format character|format requires a"
    r"|incomplete format|replacement index|missing ?format|format ?conversion|illegalformat|printf\(\)|arguments are required"
    r"|interpolation|single '[{}]'|expected '[}]'|placeholder|format ?(?:string|specifier)|malformed (?:message|pattern)",
    re.IGNORECASE,
)
_KEY_MISSING: Final = re.compile(
    r"keyerror|key not found|undefined (?:index|array key|variable)|has no attribute|translation missing|missing_?\s?(?:translation|message)"
    r"|no (?:translation|message) (?:found|for)|untranslated",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[^\W\d_]\w*")
_KEY: Final = re.compile(r"(?<![\w.-])[A-Za-z][\w.-]*+")
_JOINED: Final = re.compile(r"\w[._-]\w")


@dataclass(frozen=True, slots=True)
class BrokenText:
    """A translation that the commit changed, and `done` to it as a clause. `named`: the error names what only the new
    text asks for, or the key that is gone."""

    done: str
    named: bool


class Translations:
    """What an error says that a translation can have caused."""

    def __init__(self, repository: Repository, site: FailureSite) -> None:
        self._repository = repository
        error = f"{site.exception} {site.message[:1_000]}"
        self._filling = bool(_FILLING.search(error))
        self._asked = self._filling or bool(_KEY_MISSING.search(error))
        self._words = frozenset(_NAME.findall(site.message))
        keys = (key.rstrip(".-") for key in _KEY.findall(site.message)) if self._asked else ()
        self._keys = frozenset(key for key in keys if _JOINED.search(key))

    def broken_by(self, sha: str) -> BrokenText | None:
        """The text that the commit broke; None where the error is of another kind, or nothing fits."""
        if not self._asked:
            return None
        diff = translation_diff(self._repository, sha)
        found = [*self._gone(keys_removed(diff)), *map(self._broken, gaps_changed(diff))]
        return max((each for each in found if each.named or self._filling), key=lambda each: each.named, default=None)

    def _gone(self, keys: dict[str, str]) -> Iterable[BrokenText]:
        """Whole keys, and the last part of a dotted one: files of translations are nested."""
        for key in sorted(self._keys):
            for part in (key, key.rpartition(".")[2]):
                if part in keys and len(part) > 2:
                    yield BrokenText(f"removed `{key[:60]}` from a translation ({keys[part]})", named=True)

    def _broken(self, changed: ChangedGap) -> BrokenText:
        new = [gap for gap in changed.gaps if self._words.intersection(_NAME.findall(gap))]
        before, after = (f"`{gaps[0][:60]}`" if gaps else "nothing" for gaps in (changed.lost, new or changed.gaps))
        done = f"changed what is filled into a text: {before} became {after} ({changed.place})"
        return BrokenText(done, named=bool(new))
