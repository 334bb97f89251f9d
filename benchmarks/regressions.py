"""Find which commit broke a test by running the test at older commits, never by blame.

The test comes from the fix; it is copied over every revision at which it runs.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from benchmarks import witness
from benchmarks.slices import sliced

APP, SITE, STDLIB = "/srv/app/", "/usr/lib/python3/dist-packages/", "/usr/lib/python3.11/"
WORKER = f'  File "{APP}bin/worker.py", line 1, in main\n'
HEADER = "Traceback (most recent call last):\n"
FRAME = re.compile(r'  File "(?P<path>[^"\n]+)", line \d+, in (?P<name>.+)\n')
HARNESS = re.compile(r"/(_pytest|pytest|pluggy|pytest_\w+|unittest)(/|\.py$)")
# The repository's own options and warning filters are left out: coverage, workers, warnings as errors.
PLAIN = ("-q", "--tb=no", "--assert=plain", "-p", "no:cacheprovider", "-o", "addopts=", "-o", "filterwarnings=")
NEIGHBOURS = (0, 1, -1, 2, -2, 4, -4)  # tried when a revision gives no result
DEPTHS = (24, 80, 250, 800, 2000)  # how far back to search for a passing revision


class Fix(NamedTuple):
    """A commit that came with tests: the test files it changed, and the functions to run."""

    sha: str
    overlay: Sequence[str]
    tests: Sequence[str]


class Death(NamedTuple):
    """How a failed test ended; `place` is the library's innermost frame, or empty if the test itself raised."""

    exception: str
    message: str
    trace: str
    place: str

    def like(self, other: "Death | None") -> bool:
        """Return whether this is the same failure.

        It has the same exception, and the same function or the same message except for numbers.
        """
        if other is None or self.exception != other.exception:
            return False
        return self.place == other.place or _words(self.message) == _words(other.message)


class Regression(NamedTuple):
    """`line[at]` is the culprit: the test fails there and passes at `line[at + 1]`."""

    fix: Fix
    test: str
    line: Sequence[str]
    at: int
    death: Death


def is_test(path: str) -> bool:
    """Return whether a path is a test, by name or by folder."""
    pure = PurePosixPath(path.lower())
    named = pure.name == "conftest.py" or pure.name.startswith("test_") or pure.stem.endswith("_test")
    return named or not {"test", "tests"}.isdisjoint(pure.parts[:-1])


def git(folder: Path, *arguments: str) -> str:
    """Return the output of git; bytes that are not UTF-8 are replaced."""
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)
    return done.stdout.decode(errors="replace")


@dataclass
class Laboratory:
    """A scratch clone in which tests run, with the interpreter of an environment that has its dependencies."""

    checkout: Path
    python: Path
    roots: Sequence[str] = ("src", ".")
    options: Sequence[str] = ()
    timeout: float = 60
    server: "subprocess.Popen[str] | None" = None
    placed: int = 0
    seen: dict[tuple[str, str, tuple[str, ...]], dict[str, Death | None]] = field(default_factory=dict)

    def run(self, sha: str, fix: Fix, tests: Sequence[str], *, again: bool = False) -> dict[str, Death | None]:
        """Return how each test ended at `sha`, None if it passed; tests that did not run are absent."""
        key = (sha, fix.sha, tuple(tests))
        if again or key not in self.seen:
            self._place(sha, fix, tests)
            self.seen[key] = dict(self._endings(tests))
        return self.seen[key]

    def _place(self, sha: str, fix: Fix, tests: Sequence[str]) -> None:
        while int(time.time()) == self.placed:  # Python detects stale bytecode by whole seconds
            time.sleep(0.05)
        git(self.checkout, "checkout", "-qf", "--detach", sha)
        git(self.checkout, "clean", "-fdq")  # ignored files stay: caches, generated versions
        git(self.checkout, "checkout", "-q", fix.sha, "--", *fix.overlay)
        for path in {test.partition("::")[0] for test in tests}:
            file = self.checkout / path
            functions = [test.partition("::")[2] for test in tests if test.startswith(f"{path}::")]
            file.write_text(sliced(file.read_text(encoding="utf-8"), functions), encoding="utf-8")
        self.placed = int(time.time())

    def _endings(self, tests: Sequence[str]) -> Iterator[tuple[str, Death | None]]:
        home = self.checkout.parent / f"{self.checkout.name}.home"
        home.mkdir(exist_ok=True)
        report = home / "report.jsonl"
        report.write_text("")
        self._ask(home, report, [*PLAIN, *self.options, *tests])
        for line in report.read_text(encoding="utf-8").splitlines():
            ended = json.loads(line)
            yield ended["test"], self._death(**ended["died"]) if ended["died"] else None

    def _ask(self, home: Path, report: Path, words: Sequence[str]) -> None:
        if self.server is None or self.server.poll() is not None:
            self.server = self._start(home)
        assert self.server.stdin
        assert self.server.stdout
        asked = {"report": str(report), "checkout": str(self.checkout), "words": words, "seconds": self.timeout}
        asked["roots"] = [str(self.checkout / root) for root in self.roots]
        self.server.stdin.write(json.dumps(asked) + "\n")
        self.server.stdin.flush()
        if not self.server.stdout.readline():
            raise RuntimeError(f"{self.python} cannot run pytest")

    def _start(self, home: Path) -> "subprocess.Popen[str]":
        own = {"HOME": str(home), "PYTHONPATH": "", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": ""}
        return subprocess.Popen(
            [str(self.python), witness.__file__],
            cwd=home,
            env={**os.environ, **own, "PYTHONPYCACHEPREFIX": str(home / "bytecode")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process that runs the tests."""
        if self.server:
            self.server.communicate()  # closes its stdin

    def _death(self, exception: str, message: str, trace: str) -> Death:
        ours = f"{self.checkout}/"
        frames = [frame for frame in FRAME.finditer(trace.rpartition(HEADER)[2]) if frame["path"].startswith(ours)]
        inner = frames[-1] if frames else None
        path = inner["path"].removeprefix(ours) if inner else ""
        place = f"{path}:{inner['name']}" if inner and not is_test(path) else ""
        return Death(exception, message, as_logged(trace, ours), place)


def as_logged(trace: str, checkout: str) -> str:
    """Return the trace as a deployed service would log it: no test, no runner, no path of this machine."""
    text = ""
    for part in re.split(f"(?={re.escape(HEADER)})", trace):
        text += _without_tests(part, checkout)
    text = re.sub(r'(?<=  File ")[^"\n]*/site-packages/', SITE, text.replace(checkout, APP))
    return re.sub(r'(?<=  File ")[^"\n]*/lib/python3\.\d+/(?!dist-packages)', STDLIB, text)


def _without_tests(part: str, checkout: str) -> str:
    """Return one traceback without the frames of the test and its runner.

    Those at its beginning become one frame of a worker; later ones are removed.
    """
    lines: list[str] = []
    keep, worked = True, False
    for line in part.splitlines(keepends=True):
        frame = FRAME.fullmatch(line)
        if frame:
            path = frame["path"]
            keep = not (HARNESS.search(path) or (path.startswith(checkout) and is_test(path.removeprefix(checkout))))
            worked = worked or (not keep and len(lines) == 1)
        elif not line.startswith("  "):
            keep = True
        lines += [line] if keep else []
    return "".join([*lines[:1], WORKER, *lines[1:]] if worked else lines)


def last_good(passes: Callable[[int], bool | None], bad: int, good: int) -> int | None:
    """Return, by bisection, the newest position that passes while the next newer one fails.

    `bad` < `good` are known. None if too many positions give no result.
    """
    while good - bad > 1:
        middle = (bad + good) // 2
        for at in (middle + step for step in NEIGHBOURS if bad < middle + step < good):
            passed = passes(at)
            if passed is not None:
                bad, good = (bad, at) if passed else (at, good)
                break
        else:
            return None
    return good


def regressions(laboratory: Laboratory, fix: Fix, line: Sequence[str]) -> Iterator[Regression]:
    """Yield what `fix` repaired and what had worked before, by test.

    `line` is its first-parent history, newest first.
    """
    ended = laboratory.run(line[0], fix, fix.tests)
    dead = {test: died for test, died in ended.items() if died and died.place}
    spans = _spans(laboratory, fix, line, dead)
    say(f"  {fix.sha[:9]}: {len(ended)} tests ran, {len(dead)} died in the library, {len(spans)} had passed before")
    for test, (bad, good) in spans.items():
        died = dead[test]

        def passes(at: int, test: str = test, died: Death = died) -> bool | None:
            ended = laboratory.run(line[at], fix, [function(test)])
            if test not in ended:
                return None
            return True if ended[test] is None else False if died.like(ended[test]) else None

        cured = laboratory.run(fix.sha, fix, [function(test)]).get(test, died) is None
        found = last_good(passes, bad, good) if cured else None
        if found is not None and _again(laboratory, fix, test, line[found - 1 : found + 1], died):
            yield Regression(fix, test, line, found - 1, died)


def breakages(laboratory: Laboratory, tests: Fix, line: Sequence[str], at: int) -> Iterator[Regression]:
    """Yield the tests from before `line[at]` that pass there and fail inside the library with it."""
    before = laboratory.run(line[at + 1], tests, tests.tests) if at + 1 < len(line) else {}
    passed = sorted({function(test) for test, died in before.items() if not died})
    ended = laboratory.run(line[at], tests, passed) if passed else {}
    dead = {test: died for test, died in ended.items() if died and died.place and before.get(test, died) is None}
    say(f"  {line[at][:9]}: {len(before)} tests ran, {len(passed)} passed before it, {len(dead)} die in the library")
    for test, died in dead.items():
        if _again(laboratory, tests, test, line[at : at + 2], died):
            yield Regression(tests, test, line, at, died)


def _spans(laboratory: Laboratory, fix: Fix, line: Sequence[str], dead: dict[str, Death]) -> dict[str, tuple[int, int]]:
    """Return for each test that once passed a revision where it fails and an older one where it passes."""
    spans: dict[str, tuple[int, int]] = {}
    bad = dict.fromkeys(dead, 0)
    for depth in sorted({min(depth, len(line) - 1) for depth in DEPTHS}):
        wanted = [test for test in dead if test not in spans]
        ended = laboratory.run(line[depth], fix, sorted(set(map(function, wanted)))) if wanted else {}
        spans |= {test: (bad[test], depth) for test in wanted if ended.get(test, dead[test]) is None}
        bad |= {test: depth for test in wanted if dead[test].like(ended.get(test))}
        if not ended:  # the test cannot even be imported so far back
            break
    return spans


def _again(laboratory: Laboratory, fix: Fix, test: str, pair: Sequence[str], died: Death) -> bool:
    bad, good = (laboratory.run(sha, fix, [function(test)], again=True) for sha in pair)
    return died.like(bad.get(test)) and good.get(test, died) is None


def function(test: str) -> str:
    """Return the test without its parameters: their names may depend on the library."""
    return test.partition("[")[0]


def _words(message: str) -> str:
    return re.sub(r"0x[0-9a-f]+|\d+", "0", message)


def say(text: str) -> None:
    """Print progress to stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
