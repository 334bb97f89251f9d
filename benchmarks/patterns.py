"""Milliseconds that each regular expression of the package takes at most on 100 kB of hostile text (asked: under 50).

    python -m benchmarks.patterns [--only tools.traces] [--part 2/8] [--most 20] [--limit 50]

Every compiled pattern in the modules of tools, service, agents, graph and incidents is tried, as it stands in the module or in the tuples,
dicts and records there. What the source only calls with `match` or `fullmatch` is tried from the text's beginning, everything
else at every place. A pattern that its callers only give short texts (`LONGEST`) is tried on as many of those as make 100 kB.
Seconds are of the processor; a pattern for which ten do not suffice is named. The exit status is 1 when a pattern is over or was stopped.
"""

import argparse
import importlib
import pkgutil
import re
import signal
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from benchmarks.pattern_time import SIZE, Named, Worst, stop, worst_of
from benchmarks.pattern_use import is_anchored
from tools.text.lazy_pattern import LazyPattern
from tools.text.rule import Anchored

PACKAGES = ("tools", "service", "agents", "graph", "incidents")
LONGEST = {
    "tools.source.outline._LANGUAGES": "_LONG",
    "tools.impact.reached._RECEIVER": "_RECEIVER_CHARACTERS",
    "tools.impact.error_kind._CALLEE": "_READ",
    "tools.impact.error_kind._NAMED": "_READ",
    "tools.impact.error_kind._SIGNATURE": "_READ",
    "tools.text.listed_secrets._ITEM": "tools.text.assignment:LONGEST_LIST",
    "tools.commits.annotations._SCRIPTED": "tools.git.diff:_LIMITS.line_length",
    "tools.commits.build_rules._FINDERS": "tools.git.trees:_LONGEST",
    "tools.commits.manifests._READERS": "tools.git.trees:_LONGEST",
    "tools.commits.returns._EXPRESSION": "_LONGEST",
    "tools.commits.returns._SETS_NOTHING": "tools.git.diff:_LIMITS.line_length",
    "tools.commits.translations._GAP": "_LIMITS.line_length",
    "tools.commits.translations._TEXT": "_LIMITS.line_length",
    "tools.source.deploy_files._DEPLOYS": "tools.git.trees:_LONGEST",
    "tools.text.comments._BEHIND": "tools.commits.analysis:_LIMITS.line_length",
    "tools.revert.migrations._COLUMNS": "_LONGEST",
    "tools.revert.migrations._UNDOABLE": "_LONGEST",
    "agents.prose._COMMANDS": "_LONGEST",
    "agents.prose._ADDRESSES": "_LONGEST",
    "agents.prose._ADVICE": "_LONGEST",
    "agents.prose._ASKED": "_LONGEST",
    "agents.prose._TO_THE_MODEL": "_LONGEST",
}
"""Pattern -> the constant by which its callers cut what they give it: of its module, or of `module:`."""


def patterns(packages: tuple[str, ...] = PACKAGES) -> Iterator[Named]:
    """Every pattern once, by the name of the first module that holds it."""
    seen: set[int] = set()
    for module in _modules(packages):
        source = Path(module.__file__ or "").read_text("utf-8")
        for name, value in list(vars(module).items()):
            for pattern, behind_key in _inside(value, 4):
                if id(pattern) not in seen:
                    seen.add(id(pattern))
                    anchored = behind_key or is_anchored(name, source, frozenset(_plain_fields(value, 4)))
                    yield Named(f"{module.__name__}.{name}", pattern, anchored, _longest(module, name))


def _longest(module: Any, name: str) -> int:  # noqa: ANN401 (a module has any names)
    constant = LONGEST.get(f"{module.__name__}.{name}")
    if constant is None:
        return SIZE
    place, _, attribute = constant.rpartition(":")
    return int(attrgetter(attribute)(importlib.import_module(place) if place else module))


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


def _plain_fields(value: Any, depth: int) -> Iterator[str]:  # noqa: ANN401
    """The fields of its records that hold no pattern."""
    names = getattr(value, "_fields", ()) if isinstance(value, tuple) else ()
    names = [field.name for field in fields(value)] if is_dataclass(value) and not isinstance(value, type) else names
    yield from (name for name in names if next(_inside(getattr(value, name, None), depth), None) is None)
    for part in _parts(value) if depth else ():
        yield from _plain_fields(part, depth - 1)


def _parts(value: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name, None) for field in fields(value)]
    return []


def _print(worst: Worst) -> None:
    mark = " (stopped)" if worst.stopped else ""
    sys.stdout.write(f"{worst.milliseconds:>10.1f} ms  {worst.name:<55} {worst.text[:60]!r}{mark}\n")
    sys.stdout.flush()


def _part(text: str) -> tuple[int, int]:
    """`2/8` is the second of eight parts."""
    number, _, parts = text.partition("/")
    if not (number.isdecimal() and parts.isdecimal() and 1 <= int(number) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part: write 1/4 for the first of four")
    return int(number), int(parts)


def _tried(named: list[Named], limit: float) -> list[Worst]:
    """Each pattern's slowest text; those over the limit, or stopped, are printed as they are found."""
    found = []
    for each in named:
        found.append(worst_of(each, limit))
        if found[-1].milliseconds > limit or found[-1].stopped:
            _print(found[-1])
    return found


def main() -> int:
    """Print the slowest patterns."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", default="", help="modules whose name begins so")
    options.add_argument(
        "--part", type=_part, default=(1, 1), help="2/8: the second of eight parts, to spread the work"
    )
    options.add_argument("--most", type=int, default=20, help="how many of those under the limit are printed")
    options.add_argument("--limit", type=float, default=50.0, help="milliseconds")
    arguments = options.parse_args()
    signal.signal(signal.SIGVTALRM, stop)
    number, parts = arguments.part
    chosen = [named for named in patterns() if named.name.startswith(arguments.only)][number - 1 :: parts]
    found = _tried(chosen, arguments.limit)
    over = [each for each in found if each.milliseconds > arguments.limit]
    stopped = [each for each in found if each.stopped]
    sys.stdout.write("the slowest of the others:\n")
    for each in sorted(set(found) - set(over) - set(stopped), reverse=True)[: arguments.most]:
        _print(each)
    sys.stdout.write(
        f"{len(chosen)} patterns, {len(over)} take more than {arguments.limit:g} ms, {len(stopped)} were stopped\n"
    )
    return 1 if over or stopped else 0


if __name__ == "__main__":
    sys.exit(main())
