"""What one commit changed, as far as it can matter to a failure: read once, judged by every signal."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from incidents.evidence import Commit
from tools.impact.failure_site import Place
from tools.source.file_kinds import Kind


@dataclass(frozen=True, slots=True)
class Contact:
    """How one commit touches one place of the trace. Distances in lines at the deployed revision.

    `wrote_line` is whether the frame's line as deployed is the commit's; `near` the distance from the frame's line to
    the nearest line it wrote or cut in the file (None when it did not touch the file); `added` and `removed` count the
    touched lines inside the frame's function, `share` is the part of the function as deployed that is the commit's;
    `near_ran` is the distance to the nearest such line at or above the frame's: what had run when it failed. `hit`
    tells that it newly wrote the frame's line, or wrote or cut code just above it; what was only moved is no hit.
    """

    place: Place
    wrote_line: bool
    line_novelty: float
    near: int | None
    near_inside: int | None
    near_cut: int | None
    near_ran: int | None
    added: int
    removed: int
    share: float
    opened_function: bool
    changed_signature: bool
    created_file: bool
    moved_file: bool
    words: frozenset[str]
    elsewhere: frozenset[str]
    sets: frozenset[str]
    conditions: int
    returns: int
    nothings: int
    calls: frozenset[str]
    hit: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """A definition of another place that the commit changed and the failing code uses. `hops` counts calls away."""

    path: str
    name: str
    owner: str | None
    line: int
    hops: int
    place: Place
    on_line: bool
    ran: bool
    changed: int
    signature: bool
    returns: bool
    nothings: bool
    same_file: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One commit of the window with what it did, in the terms of the scene."""

    commit: Commit
    message: str
    files: int
    kinds: Mapping[Kind, int]
    code_files: int
    code_lines: int
    truncated: bool
    contacts: tuple[Contact, ...]
    reached: tuple[Reached, ...]
    siblings: tuple[tuple[Place, int], ...]
    named: frozenset[str]
    added: Mapping[str, int] = field(repr=False)
    removed: Mapping[str, int] = field(repr=False)
    added_parts: Mapping[str, int] = field(repr=False)
    removed_parts: Mapping[str, int] = field(repr=False)
    message_parts: frozenset[str] = field(repr=False)
    message_names: frozenset[str] = field(repr=False)
    assigned: frozenset[str] = field(repr=False)
    unassigned: frozenset[str] = field(repr=False)
    settings: frozenset[str] = field(repr=False)
    literals: frozenset[str] = field(repr=False)
    quoted: frozenset[str] = field(repr=False)
    opened: frozenset[str] = field(repr=False)
    closed: frozenset[str] = field(repr=False)
    resigned: frozenset[str] = field(repr=False)
    raises: frozenset[str] = field(repr=False)
    raise_words: frozenset[str] = field(repr=False)
    returns: int = 0
    nothings: int = 0
    cut_lines: int = 0
    cosmetic: bool = False
    paths: tuple[str, ...] = ()
    ignored: bool = False
    live_before: bool = False
    reverted_by: str | None = None
    reverts: str | None = None

    @property
    def hits_failing_line(self) -> bool:
        """Whether it wrote or cut code at the innermost line of the trace."""
        return any(contact.hit and contact.place.depth == 0 for contact in self.contacts)

    @property
    def in_trace(self) -> tuple[Contact, ...]:
        """Its contacts with the functions of the trace in which it changed something, each function once."""
        touching = (contact for contact in self.contacts if contact.added or contact.removed)
        return tuple({(contact.place.path, contact.place.start): contact for contact in touching}.values())

    @property
    def judged_alone(self) -> bool:
        """Whether only what it did to functions of the trace counts, and not how much else it changed.

        Without this, four hundred files of padding outweigh a guard removed from the failing line. A commit from
        before the deploy is a rival, not a suspect: its size speaks against it as it always did.
        """
        return self.hits_failing_line and not self.live_before

    @property
    def judged_lines(self) -> int:
        """The lines of code that it is judged by."""
        return sum(c.added + c.removed for c in self.in_trace) or 1 if self.judged_alone else self.code_lines

    @property
    def judged_files(self) -> int:
        """The files of code that it is judged by."""
        return len({c.place.path for c in self.in_trace}) or 1 if self.judged_alone else self.code_files

    @property
    def judged_nothings(self) -> int:
        """The lines about null that it is judged by."""
        return sum(c.nothings for c in self.in_trace) if self.judged_alone else self.nothings
