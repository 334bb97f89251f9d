"""Labelled incidents from people's words, for languages whose tests cannot be run here.

    python -m benchmarks.stated LABELS.jsonl --repos DIR --out incidents.jsonl

The message of a fix or revert names the commit that caused an error and quotes the error. A label says where: `repo`,
`fix`, `culprit`, `text` (first and last character of the quotation in the fix's message). No text of other people is in
it. Each label gives a window with the culprit, and one without it where enough commits lie between culprit and fix.
With `--releases` they go from one tag to the next.
"""

import argparse
import json
import random
import re
import textwrap
from collections.abc import Iterator, Sequence, Set
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pygit2

from benchmarks.regressions import say
from incidents.frozen import Frozen
from tools.git.first_parents import first_parents
from tools.git.repository import Repository
from tools.traces import parse
from tools.traces.places.paths import PathIndex, map_to_repository

WINDOW, QUIET = (10, 40), 4  # commits of a window; of one without a culprit, at least
MOST = 200  # commits between two releases that are still one window
LATEST = 100  # commits from the culprit to the deploy of a window without it
FEW = 2  # frames of a cut trace
PREFIX = re.compile(r"^(?:[>|#] ?)+", re.MULTILINE)
LOG_LINE = re.compile(
    r"^\W*(?:\[?\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|\w+\[\d+\]:|\[-+\] |(?:ERROR|FATAL|WARN) )", re.MULTILINE
)


class Label(Frozen):
    """Where people say which commit caused an error. `text`: first and last character in the message of `fix`."""

    repo: str
    fix: str
    culprit: str
    text: tuple[int, int]
    language: str
    cause_kind: str
    certainty: str
    why_sure: str


class Span(NamedTuple):
    """Places on a first-parent line, newest first: where the fix came in, and where the culprit did."""

    line: Sequence[str]
    fix: int
    culprit: int


def line_of(repository: Repository, tip: str) -> tuple[str, ...]:
    """The first-parent line of a commit, newest first."""
    return tuple(_line(repository, tip))


def _line(repository: Repository, tip: str) -> Iterator[str]:
    return (str(commit.id) for commit in first_parents(repository, tip))


def place(repository: Repository, line: Sequence[str], sha: str) -> int | None:
    """The oldest commit of the line that contains this one; None when the line does not."""
    if sha in line:
        return line.index(sha)
    low, high = 0, len(line)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if repository.is_ancestor(sha, line[middle]) else (low, middle)
    return low - 1 if low else None


def span(repository: Repository, main: Sequence[str], fix: str, culprit: str) -> Span | None:
    """Both on the main line, or on the fix's own branch when one merge brought both; None if neither holds."""
    for line in (main, line_of(repository, fix)):
        at, older = place(repository, line, fix), place(repository, line, culprit)
        if at is not None and older is not None and older > at:
            return Span(line, at, older)
    return None


def quotation(message: str, text: Sequence[int]) -> str:
    """What the label points to, without indentation and quote marks."""
    quoted = textwrap.dedent(message[text[0] : text[1]].expandtabs(4))
    if all(PREFIX.match(line) for line in quoted.splitlines() if line.strip()):
        quoted = textwrap.dedent(PREFIX.sub("", quoted))
    return quoted.strip()


def quality(repository: Repository, deployed: str, text: str) -> tuple[str, str, str]:
    """How much the text shows, its exception and its message: the kinds of the field set, judged by the parser."""
    trace = map_to_repository(parse(text), PathIndex(repository.paths(deployed)))
    frames = trace.frames
    ours = sum(frame.in_app for frame in frames)
    message = next((failure.message for failure in trace.failures if failure.message), text.splitlines()[0])
    if not frames:
        kind = "message"
    elif not ours:
        kind = "library"
    elif LOG_LINE.search(text):
        kind = "wrapped"
    else:
        kind = "cut" if len(frames) <= FEW or re.search(r"^\W*\.\.\.\W*$|\[\.\.\.", text, re.MULTILINE) else "full"
    return kind, trace.exception or "", message


def incidents(repository: Repository, main: Sequence[str], label: Label, seed: int) -> Iterator[dict[str, Any]]:
    """The window with the culprit, then the later one without it."""
    found = span(repository, main, label.fix, label.culprit)
    if found is None:
        return say(f"{label.repo} {label.fix[:9]}: culprit and fix are on no common line")
    chance = random.Random(f"{seed} {label.fix} {label.culprit}")
    size = chance.randint(*WINDOW)
    at = chance.randint(max(found.fix + 1, found.culprit - size + 1), found.culprit)
    yield _incident(repository, label, found, at, size)
    if found.culprit - found.fix > QUIET:
        at = chance.randint(max(found.fix + 1, found.culprit - LATEST), found.culprit - QUIET)
        yield _incident(repository, label, found, at, min(chance.randint(QUIET, WINDOW[1]), found.culprit - at))
    return None


def released(repository: Repository, line: Sequence[str]) -> frozenset[str]:
    """The commits of the line from which a tag was made, also on a branch of its own."""
    raw, on_line = repository.raw, frozenset(line)
    tags = (raw.references[name].peel() for name in raw.references if name.startswith("refs/tags/"))
    tips = (str(tag.id) for tag in tags if isinstance(tag, pygit2.Commit))
    left = (next((sha for sha in _line(repository, tip) if sha in on_line), None) for tip in tips)
    return frozenset(sha for sha in left if sha)


def between_releases(
    repository: Repository, main: Sequence[str], tagged: Set[str], label: Label
) -> Iterator[dict[str, Any]]:
    """The window from the last release without the culprit to the first with it (the fix's parent, when it was never
    released), then the next one, up to the fix."""
    found = span(repository, main, label.fix, label.culprit)
    if found is None:
        return say(f"{label.repo} {label.fix[:9]}: culprit and fix are on no common line")
    places = [at for at, sha in enumerate(found.line) if sha in tagged]
    first = max((at for at in places if found.fix < at <= found.culprit), default=found.fix + 1)
    base = min((at for at in places if at > found.culprit), default=first + WINDOW[1])
    yield _incident(repository, label, found, first, min(base - first, MOST))
    later = max((at for at in places if found.fix < at < first), default=found.fix + 1)
    if first - later >= QUIET:
        yield _incident(repository, label, found, later, min(first - later, MOST))
    return None


def _incident(repository: Repository, label: Label, found: Span, at: int, size: int) -> dict[str, Any]:
    end = min(at + size, len(found.line) - 1)
    culprit, deployed, window = found.line[found.culprit], found.line[at], found.line[at:end][::-1]
    guilty = culprit in window
    text = quotation(repository.message(label.fix), label.text)
    kind, exception, message = quality(repository, deployed, text)
    name = f"{label.repo.partition('/')[2]}-{label.culprit[:9]}-{label.fix[:9]}"
    return {
        **{"id": name + "-neg" * (not guilty), "repo": label.repo, "language": label.language},
        **{"deployed": deployed, "base": found.line[end], "window": window, "culprit": culprit if guilty else None},
        **{"trace": text, "exception": exception, "message": message, "kind": "positive" if guilty else "negative"},
        "source": {
            "commit": label.fix,
            "url": f"https://github.com/{label.repo}/commit/{label.fix}",
            "why_sure": label.why_sure,
        },
        **{"quality": kind, "cause_kind": label.cause_kind, "certainty": label.certainty, "fix": label.fix},
        **({"culprit_inner": label.culprit} if label.culprit != culprit else {}),
        **({"position": window.index(culprit)} if guilty else {"true_origin": culprit}),
        **{"culprit_offset": found.culprit - at, "fix_offset": at - found.fix, "reanchored": False},
    }


def main(words: Sequence[str] | None = None) -> None:
    """Cut the windows of every label."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--repos", type=Path, required=True, help="DIR/owner+name.git")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--releases", action="store_true", help="windows from release to release, by the tags")
    asked = parser.parse_args(words)
    labels = [Label.model_validate_json(line) for line in asked.labels.read_text("utf-8").splitlines()]
    with asked.out.open("w", encoding="utf-8") as file:
        for repo, of_one in groupby(sorted(labels, key=lambda label: label.repo), key=lambda label: label.repo):
            repository = Repository.open(asked.repos / f"{repo.replace('/', '+')}.git")
            line = line_of(repository, "HEAD")
            tagged = released(repository, line) if asked.releases else frozenset()
            for label in of_one:
                cut = between_releases(repository, line, tagged, label) if asked.releases else None
                for each in cut or incidents(repository, line, label, asked.seed):
                    file.write(json.dumps(each) + "\n")
                    file.flush()


if __name__ == "__main__":
    main()
