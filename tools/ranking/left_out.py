"""Commits of the window that cannot be read, or not where the failure is: named one by one. They may be the cause."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from incidents.errors import IncompleteRepository, UnknownRevision
from incidents.evidence import Commit, RuledOut
from tools.git.changed_files import changed_files
from tools.git.repository import Repository
from tools.impact.commit_facts import CommitFacts

_NAMED: Final = 5
_REASON: Final = 160
_CUT: Final = "the history ends there, before the base"


def unreadable(repository: Repository, base: str, deployed: str, window: Sequence[Commit]) -> dict[str, str]:
    """sha -> why that commit of `window` (oldest first) cannot be compared with the one before it."""
    found = {commit.sha: why for commit in window if (why := _why_not(repository, commit.sha))}
    oldest = window[0]
    if not oldest.parents and not _holds(repository, deployed, base):
        found[oldest.sha] = f"{found.get(oldest.sha, 'it has no parent')}; {_CUT}"
    return found


def hidden(changes: Iterable[CommitFacts]) -> dict[str, str]:
    """sha -> why, of those that changed a file of the trace in a way that cannot be read."""
    why = "what it changed in a file of the trace is binary, too large or not there"
    return {change.commit.sha: why for change in changes if change.unread_at_site}


def left_out(window: Sequence[Commit], unread: Mapping[str, str], proofs: Mapping[str, str]) -> tuple[RuledOut, ...]:
    """The unread commits of `window` for its ledger, some of them innocent by `proofs`."""
    return tuple(_left_out(commit, unread[commit.sha], proofs) for commit in window if commit.sha in unread)


def _left_out(commit: Commit, why: str, proofs: Mapping[str, str]) -> RuledOut:
    if proof := proofs.get(commit.sha):
        return RuledOut(commit=commit, reason=proof)
    return RuledOut(commit=commit, reason=f"could not be read: {why}", kind="unread")


def notes(unread: Mapping[str, str], folders: Collection[str]) -> tuple[str, ...]:
    """What a report says of commits, and of folders of the deployed revision, that could not be read."""
    first = list(unread.items())[:_NAMED]
    reasons = dict.fromkeys(why for _, why in first)
    found = [_note([sha for sha, told in first if told == why], why) for why in reasons]
    if len(unread) > _NAMED:
        found.append(f"{len(unread) - _NAMED} more commits could not be read.")
    if folders:
        named = ", ".join(sorted(folders)[:_NAMED])
        found.append(f"Folders of the deployed revision could not be read in full: {named[:_REASON]}.")
    return tuple(found)


def _note(shas: Sequence[str], why: str) -> str:
    commits = "Commit" if len(shas) == 1 else "Commits"
    return f"{commits} {', '.join(sha[:9] for sha in shas)} could not be read: {why}."


def _why_not(repository: Repository, sha: str) -> str:
    try:
        changed_files(repository, repository.raw_commit(sha))
    except (IncompleteRepository, UnknownRevision) as error:
        return str(error).partition("; ")[0].removeprefix("cannot read ")[:_REASON]
    return ""


def _holds(repository: Repository, deployed: str, base: str) -> bool:
    try:
        return repository.is_ancestor(base, deployed)
    except IncompleteRepository:
        return False
