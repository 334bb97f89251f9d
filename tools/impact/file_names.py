"""Files that are called after what an error names: `MobileContext` is MobileContext.php, `Shop::TaxTable` is
shop/tax_table.rb, the logger `shop.tax.table` is shop/tax/table.py."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tools.impact.failure_site import FailureSite
from tools.source.file_kinds import HARMLESS, kind_of
from tools.text.identifiers import KEYWORDS, STOCK, parts

_CHAIN: Final = re.compile(r"(?<!\w)[A-Za-z_]\w*+(?:(?:::|\\{1,2}|\.|/)[A-Za-z_][\w-]*+)++|\b[A-Z]\w*[a-z]\w*")
_LONG_NAME: Final = re.compile(r"(?<![\w/.-])[A-Za-z]\w*+(?:-\w++)*+(?![\w/])")
_JOINED: Final = re.compile(r"[_-]\w|[a-z][A-Z]")
_SPLIT: Final = re.compile(r"::|\\{1,2}|\.|/")
_SHORTEST: Final = 4
_NEAR, _FAR = 3, 0.6
_NO_FILE: Final = frozenset(
    {"exception", "error", "throwable", "function", "object", "anonymous", "string", "promise", "package"}
)


class FileNames:
    """The names of one error that a file can be called after, each with how much it says (0..1)."""

    def __init__(self, site: FailureSite) -> None:
        self._names: dict[tuple[str, ...], tuple[float, tuple[str, ...]]] = {}
        for chain in _CHAIN.findall(site.message):
            self._add(_SPLIT.split(chain), 1.0)
        for line in site.trace.before:
            names = (name for name in _LONG_NAME.findall(line) if _JOINED.search(name, 1))
            self._add_each(name for name in names if len(parts(name)) > 1)
        foreign = (frame for frame in site.trace.frames if frame.repo_path is None and frame.class_name)
        for number, frame in enumerate(foreign):
            self._add(re.split(r"[.:\\$+]+", frame.class_name or ""), 1.0 if number < _NEAR else _FAR)

    def _add_each(self, names: Iterable[str]) -> None:
        """Names that stand alone in a log line above the trace: `Rule ask_author`."""
        for name in names:
            if _telling(name):
                self._names.setdefault(parts(name), (_FAR, ()))

    def _add(self, chain: list[str], strength: float) -> None:
        """Each part that begins with a capital, and the last, with the part before it."""
        for number, name in enumerate(chain):
            key = parts(name)
            last = number == len(chain) - 1 and number
            if (name[:1].isupper() or last) and len(name) >= _SHORTEST and _telling(name):
                before = parts(chain[number - 1]) if number else ()
                if self._names.get(key, (0.0, ()))[0] < strength:
                    self._names[key] = strength, before

    def files(self, paths: Iterable[str]) -> dict[str, float]:
        """Those of `paths` that are called after a name of the error; half where only the last part of a name of
        several agrees and it is one word."""
        return {path: strength for path in paths if (strength := max(self._strengths(path), default=0.0)) > 0}

    def _strengths(self, path: str) -> Iterator[float]:
        if not self._names or kind_of(path) in HARMLESS:
            return
        *folders, file = path.split("/")
        for stem in {file.partition(".")[0], *file.split(".")[:-1]}:
            found = self._names.get(parts(stem))
            if found:
                strength, before = found
                alone = len(parts(stem)) < 2 and before and not (folders and parts(folders[-1]) == before)
                yield strength * (0.5 if alone else 1.0)


def _telling(name: str) -> bool:
    return name.lower() not in STOCK | _NO_FILE and name not in KEYWORDS and bool(parts(name))
