"""What one commit changed, as far as it can matter to a failure: read once, used by every signal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from incidents.evidence import Commit
from tools.commits.dependencies import Moved
from tools.commits.error_texts import ErrorText
from tools.impact.clue_touches import ClueTouch
from tools.impact.constructs import ConstructTouch
from tools.impact.dependency_match import DependencyMatch
from tools.impact.frame_site import FrameSite
from tools.impact.named_paths import PathTouch
from tools.impact.named_use import UseNearby
from tools.impact.outside_code import OutsideCode
from tools.impact.value_slice import Use
from tools.source.file_kinds import Kind


@dataclass(frozen=True, slots=True)
class Contact:
    """How one commit touches the file and function of one frame. Distances in lines at the deployed revision.

    `wrote_line` is whether the frame's line as deployed is the commit's, `line_novelty` how new it is (0..1); `added`
    and `removed` count the touched lines inside the frame's function; `near_ran` is the distance from the frame's line
    to the nearest of them in its statement or above it: what had run when it failed (None: none had). `sets` holds
    the names it sets inside the function. `hit`: it newly wrote the frame's line, or wrote or removed code just above
    it; what was only moved is no hit. `moved`: all that it did inside the function was to move lines. `new_code`: the
    frame's line is the commit's, and wholly new. `below` counts what it touched there that cannot have run
    (`tools.impact.not_run`), and `kept` the lines by which it edited the frame's and kept the expression that fails
    (`tools.impact.kept_expression`) or the call into the next frame (`tools.impact.kept_call`): both count nowhere else.
    """

    frame: FrameSite
    wrote_line: bool
    line_novelty: float
    near_ran: int | None
    added: int
    removed: int
    sets: frozenset[str]
    hit: bool
    moved: bool = False
    below: int = 0
    kept: int = 0
    new_code: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """A definition elsewhere that the commit changed and the failing code uses, `hops` calls away from `frame`.

    `on_line`: the frame's line uses it; `ran`: the line or one above it does. `nulls`: a line that returns null
    or an optional value was changed. `gives`: a line that returns, or the head with its defaults, was changed. `known`:
    the using file is or imports the defining one. `end` is its last line. `redecorated`: a decorator of it was changed;
    `decorates`: it is one itself, of this function that is used.
    """

    path: str
    name: str
    owner: str | None
    line: int
    hops: int
    frame: FrameSite
    on_line: bool
    ran: bool
    nulls: bool
    known: bool
    gives: bool = False
    end: int = 0
    redecorated: bool = False
    decorates: str = ""


class ProducerKind(StrEnum):
    """How a value comes about."""

    LINE = "line"
    ATTRIBUTE = "attribute"
    WORKED = "worked"
    GIVEN = "given"
    TAKEN = "taken"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Produced:
    """One place that a commit changed: `path`:`line` gives or sets `name`, which `use` uses. `symbol` is the function
    or class around it, where that is known; `near`: a file of the trace, or one that they import; `emptied`: it is set to
    nothing there, or no longer set. `end` is the last line of a definition, 0 of anything else. `elsewhere`: a value like it is
    given there, by code that cannot have run on the way to the failing line."""

    kind: ProducerKind
    name: str
    path: str
    line: int
    symbol: str | None
    use: Use
    near: bool
    emptied: bool = False
    end: int = 0
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """One commit with everything the signals ask about it; words are counted only where the failure uses them.

    `clues` are those on lines that the failing code can call or read, `sent` those in code of other languages, which can
    only send them as data. `only_beside`: all its code stands below the lines of the trace, where it cannot have run,
    or beside the expression that fails: it counts by what it changed for these lines, and not by its words. `spoken`
    says what it changed of the values that the error speaks of, `setting` of the settings that code of the trace may read,
    `redeployed` which file that says how the program is deployed,
    `constant` of the constants that the failing line uses. `feeds_check`: it changed a definition that the code around a
    failing check uses. `beside_value`: what it did in functions of the trace has nothing to do with the value on which
    the failing line depends. `only_texts`: of the lines that it changed there, only texts differ. `brought` are the types
    named in an error about types to which it converts more often than before.
    """

    commit: Commit
    message: str
    files: int
    kinds: Mapping[Kind, int]
    code_files: int
    code_lines: int
    truncated: bool
    contacts: tuple[Contact, ...]
    reached: tuple[Reached, ...]
    produced: tuple[Produced, ...]
    siblings: tuple[tuple[FrameSite, int], ...]
    named: frozenset[str]
    added: Mapping[str, int] = field(repr=False)
    removed: Mapping[str, int] = field(repr=False)
    added_parts: Mapping[str, int] = field(repr=False)
    removed_parts: Mapping[str, int] = field(repr=False)
    message_parts: frozenset[str] = field(repr=False)
    unassigned: frozenset[str] = field(repr=False)
    settings: frozenset[str] = field(repr=False)
    literals: frozenset[str] = field(repr=False)
    opened: frozenset[str] = field(repr=False)
    closed: frozenset[str] = field(repr=False)
    resigned: frozenset[str] = field(repr=False)
    cut_off: frozenset[tuple[str, ...]] = field(default=frozenset(), repr=False, kw_only=True)
    cut_lines: int = 0
    cosmetic: bool = False
    clues: tuple[ClueTouch, ...] = field(default=(), repr=False)
    sent: tuple[ClueTouch, ...] = field(default=(), repr=False)
    named_files: Mapping[str, float] = field(default_factory=dict, repr=False)
    error_texts: tuple[ErrorText, ...] = field(default=(), repr=False)
    construct: ConstructTouch | None = field(default=None, repr=False)
    use_nearby: UseNearby | None = field(default=None, repr=False)
    named_path: PathTouch | None = field(default=None, repr=False)
    outside: OutsideCode = field(default=OutsideCode(), repr=False)
    brought: frozenset[str] = frozenset()
    spoken: str = field(default="", repr=False)
    setting: str = field(default="", repr=False)
    redeployed: str = field(default="", repr=False)
    constant: str = field(default="", repr=False)
    moved: tuple[Moved, ...] = field(default=(), repr=False)
    dependency: DependencyMatch | None = field(default=None, repr=False)
    paths: tuple[str, ...] = ()
    ignored: bool = False
    live_before: bool = False
    unread_at_site: bool = False
    unread_code: bool = False
    only_beside: bool = False
    feeds_check: bool = False
    beside_value: bool = False
    only_texts: bool = False
    reverted_by: str | None = None
    reverts: str | None = None

    @property
    def hits_failing_line(self) -> bool:
        """Whether it wrote or cut code at the innermost line of the trace."""
        return any(contact.hit and contact.frame.depth == 0 for contact in self.contacts)

    @property
    def in_trace(self) -> tuple[Contact, ...]:
        """Its contacts with the functions of the trace in which it changed something, each function once."""
        touching = (contact for contact in self.contacts if contact.added or contact.removed)
        return tuple({(contact.frame.path, contact.frame.start): contact for contact in touching}.values())

    @property
    def judged_alone(self) -> bool:
        """Whether only what it did to functions of the trace counts, and not how much else it changed.

        Without this, four hundred files of padding outweigh a guard removed from the failing line. A commit from
        before the deploy is a rival, not a suspect: its size counts against it as it always did.
        """
        return self.hits_failing_line and not self.live_before

    @property
    def judged_lines(self) -> int:
        """The lines of code that it is judged by."""
        return sum(c.added + c.removed for c in self.in_trace) or 1 if self.judged_alone else self.code_lines

    @property
    def judged_files(self) -> int:
        """The files of code that it is judged by."""
        return len({c.frame.path for c in self.in_trace}) or 1 if self.judged_alone else self.code_files
