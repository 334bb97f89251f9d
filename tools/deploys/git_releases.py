"""Deploys from git, when no other source reports them: tags, and the times of first-parent commits."""

from collections.abc import Container, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

import pygit2

from incidents.errors import IncompleteRepository, UnknownRevision
from incidents.rollout import Rollout
from tools.deploys.window import Began, DeployWindow, WindowLimits, holds, revision_of
from tools.git.commit_objects import moment
from tools.git.first_parents import first_parents
from tools.git.repository import Repository, decoded
from tools.git.trees import UNREADABLE

_MOST_TAGS = 200


class Tag(NamedTuple):
    """A tag of a commit."""

    name: str
    sha: str
    at: datetime


def tags(repository: Repository, revisions: Container[str] | None = None) -> tuple[Tag, ...]:
    """The tags of commits, or only those of some `revisions`, oldest first by their own time; of the same time, by name."""
    names = [name for name in _references(repository) if revisions is None or _target(repository, name) in revisions]
    named = ((name.removeprefix("refs/tags/"), _tag(repository, name)) for name in names)
    found = [Tag(name, one.revision, one.at) for name, one in named if one is not None]
    return tuple(sorted(found, key=lambda each: (each.at, each.name)))


def tagged_revisions(repository: Repository) -> set[str]:
    """The commits that tags point to: takes a tenth of the time of `tags`, which reads each of them."""
    return {sha for name in _references(repository) if (sha := _target(repository, name))}


def tagged(repository: Repository, head: str, began: Began, limits: WindowLimits) -> tuple[Rollout, ...]:
    """Return the tags in `head`'s history as deploys, oldest first; empty unless one of them lies in the lookback.

    The time of an annotated tag is its tagger's; that of a lightweight tag is its commit's.
    """
    found = [one for name in _references(repository) if (one := _tag(repository, name)) is not None]
    found.sort(key=lambda one: one.at)
    recent = began.earliest - timedelta(hours=limits.lookback_hours)
    known = [one for one in found[-_MOST_TAGS:] if holds(repository, head, one.revision)]
    return tuple(known) if any(recent <= one.at <= began.latest for one in known) else ()


def by_commit_times(
    repository: Repository,
    began: Began,
    limits: WindowLimits,
    base: str = "",
    deployed: str = "",
    *,
    why: str = "No deploy is known",
) -> DeployWindow:
    """Return the window by commit times: the first-parent commits of the lookback, ending before the onset.

    `why` begins the sentence that says so.

    Raises InputError when the history contains no commit before the onset.
    """
    runs = next((sha for version in began.versions if (sha := revision_of(repository, version))), None)
    head = repository.resolve(deployed or runs or "HEAD")
    line = commit_times(repository, head)
    end = head if deployed or runs else next((sha for sha, at in line if at <= began.latest), head)
    oldest = began.earliest - timedelta(hours=limits.lookback_hours)
    start = repository.resolve(base) if base else _before(repository, end, oldest, limits.commits)
    note = f"{why}: the commits of the {limits.lookback_hours:g} hours before the errors were taken"
    return DeployWindow(start, end, missing=(f"{note}, by their own times.",), guessed=not base)


def _before(repository: Repository, end: str, oldest: datetime, most: int) -> str:
    """Return the commit before the first one made since `oldest`; at least one, at most `most`, are suspected."""
    line = list(islice(commit_times(repository, end), most + 1))
    for place, (sha, at) in enumerate(line):
        if place and at < oldest:
            return sha
    return line[-1][0]


def commit_times(repository: Repository, head: str) -> Iterator[tuple[str, datetime]]:
    """Yield the first-parent history from `head` back, with commit times, as far as it was cloned."""
    for commit in first_parents(repository, head):
        sha = str(commit.id)
        yield sha, repository.commit(sha).committed_at


def _references(repository: Repository) -> list[str]:
    try:
        return list(repository.raw.references)
    except UNREADABLE:  # the list is damaged: commits can still be named by their ids
        return []


def _target(repository: Repository, name: str) -> str:
    """The commit that a tag points to; "" when there is none, or it cannot be read."""
    if not name.startswith("refs/tags/"):
        return ""
    try:
        return str(repository.raw.references[name].peel(pygit2.Commit).id)
    except UNREADABLE:
        return ""


def _tag(repository: Repository, name: str) -> Rollout | None:
    """Return the deploy for a tag; None when it is not a tag of a commit, or cannot be read."""
    if not name.startswith("refs/tags/"):
        return None
    try:
        commit = repository.commit(repository.resolve(name))
        tag = repository.raw[repository.raw.references[name].target]
    except (IncompleteRepository, UnknownRevision, *UNREADABLE):
        return None
    tagger = tag.tagger if isinstance(tag, pygit2.Tag) else None
    return Rollout(
        revision=commit.sha,
        at=moment(tagger.time) if tagger else commit.committed_at,
        actor=decoded(tagger.raw_name) if tagger else None,
        url=None,
        source="git",
    )
