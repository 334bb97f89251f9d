"""What of an opinion code can check: that what it cites exists, and that git ties it to the commit and the failure."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from incidents.opinion import Citation, Opinion, Proof

Place = tuple[str, int]
"""A path and a line."""
LinesOf = Callable[[str], int | None]
"""Repository path -> number of lines at the deployed revision, None when there is no such text file."""


class Steps(Protocol):
    """Whether git ties a cited line to a commit and to the failing execution (`tools.impact.step_check`)."""

    def calls_away(self, sha: str, path: str, line: int) -> int | None:
        """How many calls away from the trace the commit newly wrote or cut that line; None when it did not."""

    def clears(self, sha: str, path: str, line: int) -> bool:
        """Whether the line lies in a function of the trace and is not the commit's."""

    def wrote(self, sha: str, path: str, line: int) -> bool:
        """Whether the commit newly wrote that line, or cut something beside it."""

    def in_trace(self, path: str, line: int) -> bool:
        """Whether the line lies in a function of the trace."""

    def checked(self, sha: str, proof: Proof) -> Proof:
        """The proof with every part marked as found in code, or not."""

    def older_way(self, proof: Proof) -> bool:
        """Whether two of the proof's lines are a way through older code that bears on the failure."""

    def from_before(self, beginning: str) -> bool:
        """Whether an id begins so that is a commit's from before the deploy."""


class NothingChecked:
    """Steps for whoever has no repository at hand: nothing is proven."""

    def calls_away(self, sha: str, path: str, line: int) -> int | None:
        """Never."""
        return None

    def clears(self, sha: str, path: str, line: int) -> bool:
        """Never."""
        return False

    def wrote(self, sha: str, path: str, line: int) -> bool:
        """Never."""
        return False

    def in_trace(self, path: str, line: int) -> bool:
        """Never."""
        return False

    def checked(self, sha: str, proof: Proof) -> Proof:
        """As it is."""
        return proof

    def older_way(self, proof: Proof) -> bool:
        """Never."""
        return False

    def from_before(self, beginning: str) -> bool:
        """Never."""
        return False


class Checked(NamedTuple):
    """An opinion with only the citations that exist, how many it had claimed, and what code found about them.

    `calls_away` is the nearest to the trace of the cited lines that are the commit's own, for an opinion that it caused
    the failure; `linked` that it cites both ends: a line that the commit wrote, and one in a function of the trace.
    `cleared` tells, for one that it did not, that it cites the failing path and the commit did not write it; `older_way`
    that two of its lines are a way through older code that bears on the failure.
    """

    opinion: Opinion
    claimed: int
    calls_away: int | None = None
    linked: bool = False
    cleared: bool = False
    older_way: bool = False

    @property
    def began(self) -> bool:
        """Whether it accuses the commit, and code found the changed line in the commit's diff."""
        return bool(self.opinion.caused and self.opinion.proof and self.opinion.proof.began)

    @property
    def proven(self) -> bool:
        """Whether it accuses the commit, and code found a way from the changed line to the failing line."""
        return bool(self.opinion.caused and self.opinion.proof and self.opinion.proof.complete)


def check(opinion: Opinion, window: Collection[str], lines_of: LinesOf, steps: Steps) -> Checked:
    """Discard citations that do not exist and look the others up in git; nothing else of the opinion changes."""
    real = tuple(dict.fromkeys(each for each in opinion.citations if _exists(each, window, lines_of)))
    sha = opinion.commit
    proof = steps.checked(sha, opinion.proof) if opinion.proof else None
    kept = opinion.model_copy(update={"citations": real, "proof": proof})
    if opinion.caused:
        found = (steps.calls_away(sha, each.path, each.line) for each in real)
        nearest = min((away for away in found if away is not None), default=None)
        began = proof is not None and proof.began
        return Checked(kept, len(opinion.citations), nearest, linked=_both_ends(sha, real, steps, began=began))
    cleared = opinion.caused is False and any(steps.clears(sha, each.path, each.line) for each in real)
    older = opinion.caused is False and opinion.proof is not None and steps.older_way(opinion.proof)
    return Checked(kept, len(opinion.citations), cleared=cleared, older_way=older)


@dataclass(frozen=True, slots=True)
class Proofs:
    """What code checked of all opinions that count.

    `convicted`: commit -> calls between the trace and its cited own line; `cleared`: the commits that were found innocent
    with the failing path cited; `proven`: those from which a way to the failure was found; `began`: of which the changed
    line was. `older`: the developer explains the failure without a commit of the deploy, and code found every step;
    `older_way`: these are a way through older code, the last in a function of the trace, and not only lines that the trace
    itself names.
    """

    convicted: dict[str, int]
    cleared: frozenset[str]
    proven: frozenset[str] = frozenset()
    began: frozenset[str] = frozenset()
    older: bool = False
    older_way: bool = False


def proofs(checked: Sequence[Checked], shown: Collection[Place] = ()) -> Proofs:
    """The proofs in these opinions. `shown` are the lines that the trace itself names: to repeat them is no explanation."""
    convicted: dict[str, int] = {}
    for each in checked:
        if each.calls_away is not None:
            sha = each.opinion.commit
            convicted[sha] = min(each.calls_away, convicted.get(sha, each.calls_away))
    return Proofs(
        convicted,
        cleared=frozenset(each.opinion.commit for each in checked if each.cleared),
        proven=frozenset(each.opinion.commit for each in checked if each.proven),
        began=frozenset(each.opinion.commit for each in checked if each.began),
        older=any(_explains_without(each.opinion) for each in checked),
        older_way=any(
            each.older_way and _explains_without(each.opinion) and _is_way(each.opinion.proof, shown)
            for each in checked
        ),
    )


def _explains_without(opinion: Opinion) -> bool:
    """Whether it clears its commit by a proof of which code found every step."""
    steps = opinion.proof.steps if opinion.proof else ()
    return opinion.caused is False and bool(steps) and all(step.checked for step in steps)


def _is_way(proof: Proof | None, shown: Collection[Place]) -> bool:
    if proof is None or proof.arrives is not True:
        return False
    places = {(step.path, step.line) for step in proof.steps}
    return len(places) > 1 and not places <= set(shown)


def _both_ends(sha: str, citations: Sequence[Citation], steps: Steps, *, began: bool) -> bool:
    wrote = began or any(steps.wrote(sha, each.path, each.line) for each in citations)
    return wrote and any(steps.in_trace(each.path, each.line) for each in citations)


def _exists(citation: Citation, window: Collection[str], lines_of: LinesOf) -> bool:
    if citation.commit is not None and citation.commit not in window:
        return False
    lines = lines_of(citation.path)
    return lines is not None and citation.line <= lines
