"""The failure site: the stack trace's frames located in the deployed source, and the words that name what failed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from incidents.trace import Frame, StackTrace
from tools.git.repository import Repository
from tools.impact.clues import Clue, clues_in
from tools.impact.error_kind import signature_complained_of
from tools.impact.frame_names import last_name, owner_name
from tools.impact.frame_site import FOLLOWED, FrameSite, anchored_site, said_site, statement_alone, whole_function
from tools.impact.placing import ClassFiles, may_be_built, named_functions
from tools.impact.said_line import SaidLine
from tools.impact.site_text import names_imported
from tools.impact.standing import Standing, foreign_names, standing_clue
from tools.source.feeding import feeds, languages_of_files
from tools.source.outline import Outline
from tools.source.outline_cache import outline_at
from tools.text.identifiers import KEYWORDS, STOCK, identifiers, parts, plain
from tools.text.rule import PLACEHOLDER

_MAX_FRAMES: Final = 40
_MAX_FILES: Final = 24
_NAMED_TRIED: Final = 12  # names without a file that are looked up
_QUOTED = re.compile(r"'([^'\n]{1,200}+)'|\"([^\"\n]{1,200}+)\"|`([^`\n]{1,200}+)`|«([^«»\n]{1,200}+)»")
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__", "__call__", "__construct", "<init>", "initialize"})


_BUNDLED: Final = re.compile(
    r"\.min\.|bundle|chunk|(?:^|/)(?:dist|build|assets|static|_next)/|[.-][0-9a-f]{8,}\.[cm]?js$|webpack"
)


@dataclass(frozen=True, slots=True)
class FailureSite:
    """Everything about an incident that does not depend on a candidate commit.

    `message_words` are the identifiers of the messages that belong to no stock phrase; `message_parts` their lower-case
    parts; `variable_parts` those that are not in the source of the innermost function, so are data of this failure.
    `standing` is what a message without a readable frame names in code,
    `foreign` what it names that is no name of the code. `by_name`: no frame has a file of the
    repository; `frames` are functions whose names the error tells, and no more than a hint. `languages` are those in which
    it failed; none when they are not known.
    """

    trace: StackTrace
    frames: tuple[FrameSite, ...]
    outlines: dict[str, Outline] = field(repr=False)
    message: str
    exception: str
    message_words: frozenset[str]
    message_parts: frozenset[str]
    variable_parts: frozenset[str]
    literals: frozenset[str]
    library_words: frozenset[str]
    clues: tuple[Clue, ...]
    standing: Standing | None
    imports: dict[str, frozenset[str]] = field(repr=False)
    languages: frozenset[str] = frozenset()
    by_name: bool = False
    foreign: frozenset[str] = frozenset()

    def can_hold(self, path: str) -> bool:
        """Whether the failing code can stand in the file, or call or read what does."""
        return feeds(path, self.languages)

    @property
    def located(self) -> bool:
        """Whether a frame says in which file of the repository it failed."""
        return bool(self.frames) and not self.by_name

    @property
    def paths(self) -> tuple[str, ...]:
        """The repository's files of the trace, innermost first."""
        return tuple(dict.fromkeys(frame.path for frame in self.frames))

    @property
    def in_bundle(self) -> bool:
        """Whether the trace is of a built JavaScript file, and none of it of a source file of the repository."""
        return not self.located and any(_BUNDLED.search(f"{frame.path}") for frame in self.trace.frames)


def survey(repository: Repository, deployed: str, trace: StackTrace) -> FailureSite:
    """Locate the frames of the mapped `trace` in the source at `deployed`."""
    outlines: dict[str, Outline] = {}
    found: list[FrameSite] = []
    seen: set[tuple[str, int]] = set()
    inner: Frame | None = None
    spoken = _spoken_languages(repository, deployed, trace)
    files = ClassFiles(repository, deployed, spoken)
    raised = plain(next((failure.message for failure in trace.failures if failure.frames), ""))
    words = SaidLine(raised, clues_in([raised]))
    for frame in trace.frames:
        deeper, inner = inner, frame
        if len(found) >= _MAX_FRAMES:
            break
        placed = files.place(frame) if frame.repo_path is None else None
        path = placed[0].path if placed else frame.repo_path
        outline = _outline(repository, deployed, path, outlines) if path else None
        if outline is None or path is None:
            continue
        called = _called_as(deeper, found[-1:])
        said = words.anchor(frame, outline) if deeper is None and not placed else None
        if said is not None:
            site = said_site(frame, outline, said)
        elif placed is not None:
            site = whole_function(len(found), frame, outline, placed[1], called)
        else:
            site = anchored_site(len(found), frame, outline, called)
        if (site.path, site.line) not in seen:
            seen.add((site.path, site.line))
            found.append(statement_alone(site) if trace.not_run else site)
    if found:
        return _failure_site(trace, tuple(found), outlines, spoken)
    named = _placed_by_name(trace, files, outlines)
    failure = _failure_site(trace, tuple(named), outlines, spoken)
    foreign = foreign_names(repository, deployed, failure.clues, failure.message)
    clues = [clue for clue in failure.clues if clue.text not in foreign]
    standing = standing_clue(repository, deployed, clues, failure.can_hold)
    return replace(failure, standing=standing, by_name=bool(named), foreign=foreign)


def _placed_by_name(trace: StackTrace, files: ClassFiles, outlines: dict[str, Outline]) -> list[FrameSite]:
    """Where no frame has a file of the repository: the functions whose names tell which they are, at most 6."""
    found: dict[tuple[str, int], FrameSite] = {}
    message = plain(trace.spoken)
    elsewhere = {clue.text for clue in clues_in([message]) if clue.fails} | signature_complained_of(message)
    built = (frame.model_copy(update={"path": ""}) for frame in trace.frames if may_be_built(frame))
    for frame in (*islice(built, _NAMED_TRIED), *islice(named_functions(message, elsewhere), _NAMED_TRIED)):
        placed = files.place(frame) or files.place_by_name(frame)
        if placed is not None and len(found) < FOLLOWED:
            outline, definition = placed
            outlines.setdefault(outline.path, outline)
            site = whole_function(len(found), frame, outline, definition, None)
            found.setdefault((site.path, site.start), site)
    return list(found.values())


def _outline(repository: Repository, deployed: str, path: str, known: dict[str, Outline]) -> Outline | None:
    if path not in known and len(known) < _MAX_FILES:
        outline = outline_at(repository, deployed, path)
        if outline is not None:
            known[path] = outline
    return known.get(path)


def _called_as(deeper: Frame | None, last: Sequence[FrameSite]) -> str | None:
    """The name by which a line calls the frame inside it: its function's, or its class's for a constructor."""
    if deeper is None or not deeper.function:
        return None
    name = last_name(deeper.function)
    if name not in _CONSTRUCTORS:
        return name
    owner = owner_name(deeper)
    return owner or (last[0].owner if last and deeper.repo_path == last[0].path else None)


def _failure_site(
    trace: StackTrace, frames: tuple[FrameSite, ...], outlines: dict[str, Outline], spoken: frozenset[str]
) -> FailureSite:
    message = plain("\n".join(dict.fromkeys(failure.message for failure in trace.failures)))[:4_000]
    words = frozenset(word for word in identifiers(message) if word.lower() not in STOCK)
    pieces = frozenset(p for word in words for p in parts(word) if len(p) > 2 and p not in STOCK)
    in_source = frozenset(p for frame in frames[:1] for word in frame.words for p in parts(word))
    return FailureSite(
        trace=trace,
        frames=frames,
        outlines=outlines,
        message=message,
        exception=re.split(r"[\\.:]+", trace.exception or "")[-1],
        message_words=words,
        message_parts=pieces,
        variable_parts=pieces - in_source,
        literals=_literals(message),
        library_words=frozenset(_library_words(trace.frames)),
        clues=clues_in(
            [plain(failure.message) for failure in trace.failures], (f for f in trace.frames if f.repo_path is None)
        ),
        standing=None,
        imports={path: names_imported(outline) for path, outline in outlines.items()},
        languages=languages_of_files(frame.path for frame in frames) or spoken,
    )


def _spoken_languages(repository: Repository, deployed: str, trace: StackTrace) -> frozenset[str]:
    """The languages that the text of the error tells, of those in which the repository holds code: words alone can
    mislead."""
    printed = languages_of_files(frame.path for frame in trace.frames)
    told = printed | {trace.language} if trace.language else printed
    return told & languages_of_files(repository.paths(deployed)) if told else told


def _literals(message: str) -> frozenset[str]:
    found = ("".join(groups) for groups in _QUOTED.findall(message))
    return frozenset(text.strip() for text in found if len(text.strip()) > 1 and PLACEHOLDER not in text)


def _library_words(frames: Iterable[Frame]) -> Iterable[str]:
    """Names of the functions and packages of the frames that are not the repository's."""
    for frame in frames:
        if frame.repo_path is None:
            if frame.function and frame.function not in KEYWORDS and len(frame.function) > 3:
                yield frame.function.rsplit(".", 1)[-1]
            yield from (p for p in re.split(r"[/\\]", frame.path)[-4:-1] if len(p) > 3 and p.isidentifier())
