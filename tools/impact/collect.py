"""Reads every commit of a deploy window once, and turns it into the facts that the signals use."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import takewhile

from incidents.evidence import Commit
from tools.commits.analysis import ReadCommit
from tools.commits.dependencies import dependencies_moved
from tools.commits.touched_lines import Between, Touch, is_unread
from tools.git.diff import CommitDiff
from tools.git.repository import Repository
from tools.git.reverted import reverted_in_window
from tools.impact.beside_value import BesideValue
from tools.impact.check_feeds import feeding_checks
from tools.impact.clue_touches import clue_touches
from tools.impact.clues import clues_of_line
from tools.impact.commit_facts import CommitFacts, Contact, Produced, Reached
from tools.impact.constructs import construct_in, touches_of_construct
from tools.impact.contacts import only_beside, vocabulary
from tools.impact.dependency_match import TraceVocabulary, best_match
from tools.impact.error_kind import owners_in
from tools.impact.failure_site import FailureSite
from tools.impact.file_names import FileNames
from tools.impact.given_values import GivenValues
from tools.impact.ignored_in_blame import ignored_in_blame, listed_at
from tools.impact.line_origins import line_origins
from tools.impact.named_paths import path_touches
from tools.impact.named_types import named_types_brought
from tools.impact.named_use import UseNearby, uses_nearby
from tools.impact.nearness import nearness_to
from tools.impact.outside_code import OutsideReader
from tools.impact.partial_facts import by_line_alone, by_value_alone
from tools.impact.path_words import PathWords
from tools.impact.producers import produced_in
from tools.impact.reached import imported_files, reached_definitions, used_names
from tools.impact.same_value import without_same
from tools.impact.shown_texts import without_shown
from tools.impact.spoken_values import SpokenValues
from tools.impact.trace_contacts import TraceContacts, is_unread_at, siblings_of
from tools.impact.used_constants import changed_constants
from tools.impact.value_slice import value_slice
from tools.impact.window_lines import old_touches, read_commits, touches_of_trace
from tools.source.file_kinds import HARMLESS, Kind, is_lock, kind_of
from tools.text.spelled_out import spells_out


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read for all commits together; the mappings go from a commit's sha to its part."""

    repository: Repository
    site: FailureSite
    words: frozenset[str]
    nearness: Callable[[str], int]
    touches: Mapping[str, Sequence[Touch]]
    contacts: TraceContacts
    reached: Mapping[str, Sequence[Reached]]
    produced: Mapping[str, Sequence[Produced]]
    named: Mapping[str, AbstractSet[str]]
    beside: BesideValue
    reverted: Mapping[str, str]
    ignored: AbstractSet[str]
    live: AbstractSet[str]
    files: FileNames
    said: str
    lacking: bool
    outside: OutsideReader
    spoken: SpokenValues
    feeding: AbstractSet[str]
    constants: Mapping[str, str]
    packages: TraceVocabulary


def read_window(
    repository: Repository,
    site: FailureSite,
    commits: Sequence[Commit],
    deployed: str,
    earlier: int = 0,
    between: Between | None = None,
) -> tuple[CommitFacts, ...]:
    """The facts of every commit, oldest first. The cost is linear in the size of the diffs.

    The first `earlier` of `commits` were live before the window: of those only the changes to the trace's files are
    read (of a bare message: all), and reverts are not searched for. With `between`, `commits` need not follow each other.
    """
    read = read_commits(repository, commits, site, earlier)
    origins = line_origins(repository, site, commits[earlier:], deployed) if earlier else {}
    old = sum(1 for _ in takewhile(lambda commit: commit.sha in origins, commits[:earlier]))
    touches = touches_of_trace(site, read[old:], between)
    touches = {path: (*rows, *old_touches(path, rows, origins, read)) for path, rows in touches.items()}
    touches = without_same(site, without_shown(site, touches))
    fed = [each.fed_to(site.languages) for each in read]
    reading = _reading(repository, site, commits, fed, touches, deployed, earlier, between)
    alone = (
        _beside_trace(reading, _change(reading, commit, each, mine), each, mine)
        for commit, each, mine in zip(commits, read, fed, strict=True)
    )
    found = _beside_each_other(repository, site, deployed, read, fed, tuple(alone))
    return (
        *map(by_line_alone, found[:old]),
        *(by_value_alone(each) if each.only_beside else each for each in found[old:]),
    )


def _reading(
    repository: Repository,
    site: FailureSite,
    commits: Sequence[Commit],
    fed: Sequence[ReadCommit],
    touches: Mapping[str, Sequence[Touch]],
    deployed: str,
    earlier: int,
    between: Between | None,
) -> _Reading:
    """What is known of the failure and of all commits together, by which each of them is read."""
    imported = imported_files(repository, site, deployed)
    used = used_names(site, imported)
    reached, named = reached_definitions(repository, site, fed, touches, deployed, used, between)
    values = value_slice(site, imported)
    return _Reading(
        repository=repository,
        site=site,
        words=vocabulary(site),
        nearness=nearness_to(site),
        touches=touches,
        contacts=TraceContacts(site, touches),
        reached=reached,
        produced=_produced(
            produced_in(values, site, imported, fed, touches, reached, between),
            GivenValues(repository, site, imported, used, values),
            fed[earlier:],
        ),
        named=named,
        beside=BesideValue(site, values),
        reverted=reverted_in_window(repository, commits[earlier:]),
        ignored=ignored_in_blame(repository, deployed if between else listed_at(commits[earlier:], deployed)),
        live={commit.sha for commit in commits[:earlier]},
        files=FileNames(site),
        said=" ".join(site.message.split()),
        lacking=bool(owners_in(site.message)),
        outside=OutsideReader(repository, site),
        spoken=SpokenValues(site),
        feeding=feeding_checks(repository, site, fed[earlier:], touches, deployed, between),
        constants=changed_constants(repository, site, imported, values, fed[earlier:], touches, deployed, between),
        packages=TraceVocabulary(site, PathWords(repository.paths(deployed)).is_common),
    )


def _produced(
    found: dict[str, list[Produced]], given: GivenValues, window: Sequence[ReadCommit]
) -> dict[str, list[Produced]]:
    """The same with what the commits of the window give a construction, the newest first: their number is bounded."""
    for each in reversed(window):
        found.setdefault(each.diff.sha, []).extend(given.changed_by(each))
    return found


def _beside_each_other(
    repository: Repository,
    site: FailureSite,
    deployed: str,
    read: Sequence[ReadCommit],
    fed: Sequence[ReadCommit],
    changes: Sequence[CommitFacts],
) -> tuple[CommitFacts, ...]:
    """The same with what only the commits beside each other tell: which of them touches what the error names."""
    error, others = f"{site.exception} {site.message}", [each.beside(site.languages) for each in read]
    clues = clue_touches(repository, deployed, site.clues, fed, error)
    shared = clues_of_line(site.frames[0].line_names - site.frames[0].line_calls) if site.located else ()
    sent = clue_touches(repository, deployed, (*site.clues, *shared), others, error)
    constructs = touches_of_construct(construct_in(site.exception, site.message), fed, site.paths)
    uses: Sequence[UseNearby | None] = [None] * len(read)
    if not site.located:
        uses = uses_nearby(repository, deployed, site.clues, fed)
    paths = path_touches(repository, deployed, site, read)
    return tuple(
        replace(change, clues=mine, sent=others, construct=construct, use_nearby=use, named_path=path)
        for change, mine, others, construct, use, path in zip(
            changes, clues, sent, constructs, uses, paths, strict=True
        )
    )


def _beside_trace(reading: _Reading, change: CommitFacts, read: ReadCommit, fed: ReadCommit) -> CommitFacts:
    """The same with what else can explain the error: its own text, named files, limits, dependencies."""
    moved = () if change.live_before else dependencies_moved(reading.repository, change.commit.sha)
    return replace(
        change,
        brought=named_types_brought(reading.site, fed),
        named_files=reading.files.files(file.path for file in fed.diff.files),
        error_texts=tuple(text for text in fed.error_texts if text.made(reading.said)),
        outside=reading.outside.read(read, fed),
        redeployed=reading.spoken.deployed_by(read),
        spoken=reading.spoken.changed_by(read),
        setting=reading.spoken.set_by(read),
        moved=moved,
        dependency=best_match(reading.packages, moved),
    )


_MOST_PATHS = 400


def _change(reading: _Reading, commit: Commit, read: ReadCommit, fed: ReadCommit) -> CommitFacts:
    """The facts of a commit. `fed`: of its files, those that the failing code can call or read; names are searched there."""
    site, words, sha, diff = reading.site, reading.words, commit.sha, read.diff
    opened, closed, resigned = fed.definitions
    contacts = tuple(reading.contacts.of(sha))
    if site.trace.not_run:  # a compiler judges the statement as it stands: what surrounds it gives it nothing
        contacts = tuple(each for each in contacts if each.wrote_line)
    return CommitFacts(
        commit=commit,
        message=read.message,
        files=diff.file_count,
        kinds=Counter(kind_of(file.path) for file in diff.files),
        code_files=sum(1 for f in diff.files if kind_of(f.path) is Kind.CODE),
        code_lines=sum(f.added_lines + f.removed_lines for f in diff.files if _is_written(f.path)),
        truncated=diff.truncated,
        contacts=contacts,
        reached=tuple(reading.reached.get(sha, ())),
        produced=tuple(reading.produced.get(sha, ())),
        named=frozenset(reading.named.get(sha, ())),
        siblings=tuple(siblings_of(site, sha, reading.touches)),
        added=_of(fed.added_words, words),
        removed=_of(fed.removed_words, words),
        added_parts=_of(fed.added_parts, site.message_parts),
        removed_parts=_of(fed.removed_parts, site.message_parts),
        message_parts=read.message_parts,
        unassigned=words & (fed.set_before - fed.set_now),
        settings=fed.settings,
        literals=frozenset(text for text in site.literals if spells_out(fed.text, text)),
        opened=opened,
        closed=closed,
        resigned=resigned,
        cut_off=fed.cut_off if reading.lacking else frozenset(),
        cut_lines=len(read.removed),
        cosmetic=read.cosmetic and not any(each.new_code for each in contacts),
        paths=_paths(diff, reading.nearness),
        ignored=sha in reading.ignored,
        live_before=sha in reading.live,
        unread_at_site=is_unread_at(site, reading.touches, diff),
        unread_code=any(is_unread(file) for file in diff.files if kind_of(file.path) is Kind.CODE),
        beside_value=sha not in reading.live and reading.beside.is_all_of(sha, reading.touches),
        only_texts=sha not in reading.live and reading.beside.edits_texts_only(sha, reading.touches),
        only_beside=sha not in reading.live and _is_only_beside(reading, contacts, diff),
        feeds_check=sha in reading.feeding,
        constant=reading.constants.get(sha, ""),
        reverted_by=reading.reverted.get(sha),
        reverts=next((old for old, new in reading.reverted.items() if new == sha), None),
    )


def _is_only_beside(reading: _Reading, contacts: Sequence[Contact], diff: CommitDiff) -> bool:
    """Whether all of the commit that can make production fail is code of the trace that cannot have run."""
    written = {file.path for file in diff.files if kind_of(file.path) not in HARMLESS}
    if not written <= set(reading.site.paths):
        return False
    mine = (touch for rows in reading.touches.values() for touch in rows if touch.sha == diff.sha)
    return only_beside(contacts, mine)


def _is_written(path: str) -> bool:
    """Whether people write the file, and production runs it or with it."""
    return kind_of(path) not in HARMLESS and not is_lock(path)


def _paths(diff: CommitDiff, nearness: Callable[[str], int]) -> tuple[str, ...]:
    """The commit's files; of very many, those nearest to the trace."""
    paths = [file.path for file in diff.files]
    return tuple(paths if len(paths) <= _MOST_PATHS else sorted(paths, key=nearness, reverse=True)[:_MOST_PATHS])


def _of(counts: Mapping[str, int], wanted: AbstractSet[str]) -> dict[str, int]:
    return {word: counts[word] for word in counts.keys() & wanted}
