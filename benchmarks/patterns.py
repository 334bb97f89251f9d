"""Milliseconds that each regular expression of the package takes at most on 100 kB of hostile text (asked: under 50).

    python -m benchmarks.patterns [--only tools.traces] [--most 20] [--limit 50]

Every compiled pattern in the modules of tools, service, agents, graph and incidents is tried, as it stands in the module or in the tuples,
dicts and records there. What the source only calls with `match` or `fullmatch` is tried from the text's beginning, everything
else at every place. Seconds are of the processor; the exit status is 1 when a pattern is over.
"""

import argparse
import importlib
import pkgutil
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.hostile import Hostile, hostile_texts
from tools.text.lazy_pattern import LazyPattern
from tools.text.rule import Anchored

PACKAGES = ("tools", "service", "agents", "graph", "incidents")
SIZE = 100_000
FIRST = 10_000
MOST = 500.0  # milliseconds after which a pattern is stopped
ANCHORED = frozenset({"match", "fullmatch"})


class Named(NamedTuple):
    """A pattern, where it stands, and whether it is only tried at the beginning of a text."""

    name: str
    pattern: "re.Pattern[Any]"
    anchored: bool


class Worst(NamedTuple):
    """The slowest text of a pattern."""

    milliseconds: float
    name: str
    text: str


def patterns(packages: tuple[str, ...] = PACKAGES) -> Iterator[Named]:
    """Every pattern once, by the name of the first module that holds it."""
    seen: set[int] = set()
    for module in _modules(packages):
        source = Path(module.__file__ or "").read_text("utf-8")
        for name, value in list(vars(module).items()):
            for pattern, behind_key in _inside(value, 4):
                if id(pattern) not in seen:
                    seen.add(id(pattern))
                    anchored = behind_key or (isinstance(value, re.Pattern) and _is_anchored(name, source))
                    yield Named(f"{module.__name__}.{name}", pattern, anchored)


def worst_of(named: Named, size: int = SIZE, limit: float = 50.0) -> Worst:
    """The slowest of the pattern's hostile texts, or the first over the limit. A short one tells whether the long one is worth trying."""
    worst = Worst(0.0, named.name, "")
    for text in hostile_texts(named.pattern):
        if _milliseconds(named, text.of(FIRST)) * (size / FIRST) ** 2 > limit:
            worst = max(worst, Worst(_taken(named, text, size, limit), named.name, text.of(100)))
        if worst.milliseconds > limit:
            break
    return worst


def _taken(named: Named, text: Hostile, size: int, limit: float) -> float:
    """The least of three times, as soon as one is within the limit."""
    whole = text.of(size)
    first = _milliseconds(named, whole)
    return first if first <= limit else min(first, _milliseconds(named, whole), _milliseconds(named, whole))


def _milliseconds(named: Named, text: str) -> float:
    """What a pattern takes for a text; MOST when it takes longer."""
    given = text if isinstance(named.pattern.pattern, str) else text.encode("latin-1", "replace")
    started = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST / 1_000)
    try:
        if named.anchored:
            named.pattern.match(given)
        else:
            deque(named.pattern.finditer(given), maxlen=0)
    except _TooLongError:
        return MOST
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return (time.process_time() - started) * 1_000


class _TooLongError(Exception):
    """A pattern was stopped: the module `re` looks for signals while it searches."""


def _stop(number: int, frame: object) -> None:
    raise _TooLongError


def _is_anchored(name: str, source: str) -> bool:
    uses = re.findall(rf"\b{re.escape(name)}\b(?!(?::[^=\n]+)?\s*=[^=])(\.\w+)?", source)
    called = [use[1:] for use in uses]
    return bool(called) and ANCHORED.issuperset(called)


def _modules(packages: tuple[str, ...]) -> Iterator[Any]:
    """The modules that compile something; others are not loaded (some of them load Ray)."""
    for package in packages:
        folder = Path(importlib.import_module(package).__path__[0])
        for found in pkgutil.walk_packages([str(folder)], f"{package}."):
            file = folder.joinpath(*found.name.split(".")[1:])
            file = file / "__init__.py" if found.ispkg else file.with_suffix(".py")
            if file.is_file() and any(word in file.read_text("utf-8") for word in ("re.compile(", "LazyPattern(")):
                yield importlib.import_module(found.name)


def _inside(value: Any, depth: int) -> Iterator["tuple[re.Pattern[Any], bool]"]:  # noqa: ANN401 (anything that a module holds)
    """The patterns in a value, itself or its parts, and whether each is only tried behind a key (`Anchored`)."""
    if isinstance(value, re.Pattern):
        yield value, False
    elif isinstance(value, LazyPattern):
        yield value.compiled, False
    elif depth:
        for part in _parts(value):
            for pattern, behind_key in _inside(part, depth - 1):
                yield pattern, behind_key or isinstance(value, Anchored)


def _parts(value: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name, None) for field in fields(value)]
    return []


def _print(worst: Worst) -> None:
    sys.stdout.write(f"{worst.milliseconds:>10.1f} ms  {worst.name:<55} {worst.text[:60]!r}\n")
    sys.stdout.flush()


def main() -> int:
    """Print the slowest patterns."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="modules whose name begins so")
    options.add_argument("--most", type=int, default=20, help="how many of those under the limit are printed")
    options.add_argument("--limit", type=float, default=50.0, help="milliseconds")
    arguments = options.parse_args()
    signal.signal(signal.SIGVTALRM, _stop)
    tried = [named for named in patterns() if named.name.startswith(arguments.only)]
    found = []
    for named in tried:
        found.append(worst_of(named, limit=arguments.limit))
        if found[-1].milliseconds > arguments.limit:
            _print(found[-1])
    over = [each for each in found if each.milliseconds > arguments.limit]
    sys.stdout.write("the slowest of the others:\n")
    for each in sorted(set(found) - set(over), reverse=True)[: arguments.most]:
        _print(each)
    sys.stdout.write(f"{len(tried)} patterns, {len(over)} take more than {arguments.limit:g} ms\n")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
