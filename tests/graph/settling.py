"""Evidence, opinions and what git says of cited lines, for the tests of how a verdict is settled."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from incidents.evidence import Commit, Evidence, RuledOut, Signal, Suspect
from incidents.opinion import ChangedLine, Citation, Opinion, Proof, ProofStep
from incidents.seen import Seen
from incidents.trace import Failure, Frame, StackTrace

FRAME = Frame(path="shop/prices.py", line=6, function="price_of", repo_path="shop/prices.py")
TRACE = StackTrace(failures=(Failure(type="TypeError", message="None", frames=(FRAME,)),))
CODE, LIBRARY, MESSAGE = (
    Seen(frames=2, mapped=1, read=1, confirmed=True, words=1),
    Seen(frames=2, words=1),
    Seen(words=1),
)
MEASURED = Signal(name="wrote_any_new_line", value=1.0, detail="changed the failing line")


def commit(sha: str) -> Commit:
    """A commit of the window."""
    return Commit(sha=sha, subject=f"change {sha}", author="Ana", committed_at=datetime.now(UTC))


OLD_LINE = "shop/prices.py:6, where it failed, is older than the deploy."


def evidence(
    *chances: float, none: float, measured: bool = True, instead: tuple[str, ...] = (OLD_LINE,), seen: Seen = CODE
) -> Evidence:
    """Suspects a, b, ... and one commit that was ruled out."""
    signals = (MEASURED,) if measured else ()
    suspects = tuple(
        Suspect(commit=commit(sha), probability=chance, reasons=("It changed the failing line.",), signals=signals)
        for sha, chance in zip("abc", chances, strict=False)
    )
    ruled_out = (RuledOut(commit=commit("z"), reason="changes only documents"),)
    return Evidence(
        trace=TRACE,
        base="0",
        deployed="1",
        suspects=suspects,
        ruled_out=ruled_out,
        none_probability=none,
        seen=seen,
        instead=instead,
    )


def lines_of(path: str) -> int | None:
    """One file of ten lines."""
    return 10 if path == "shop/prices.py" else None


class Ties:
    """What git says of cited lines: line -> calls between the trace and that line, which its commit wrote; the lines
    that are the failing path's and no suspect's."""

    def __init__(self, wrote: Mapping[tuple[str, int], int] | None = None, cleared: Sequence[int] = ()) -> None:
        """Nothing is tied unless it is given."""
        self.own, self.cleared = wrote or {}, cleared

    def calls_away(self, sha: str, path: str, line: int) -> int | None:
        """As given."""
        return self.own.get((sha, line))

    def clears(self, sha: str, path: str, line: int) -> bool:
        """As given."""
        return line in self.cleared

    def wrote(self, sha: str, path: str, line: int) -> bool:
        """Line 4 is b's, far from the trace."""
        return (sha, line) == ("b", 4) or (sha, line) in self.own

    def in_trace(self, path: str, line: int) -> bool:
        """Line 6 alone."""
        return line == 6

    def checked(self, sha: str, proof: Proof) -> Proof:
        """Every step was found."""
        change = proof.change.model_copy(update={"checked": True}) if proof.change else None
        steps = tuple(step.model_copy(update={"checked": True}) for step in proof.steps)
        return Proof(change=change, steps=steps, arrives=True)

    def older_way(self, proof: Proof) -> bool:
        """Any two lines are one."""
        return len({(step.path, step.line) for step in proof.steps}) > 1

    def from_before(self, beginning: str) -> bool:
        """Only this one is older than the deploy."""
        return beginning == "0a1b2c3d4e"


class NotArriving(Ties):
    """The changed line is found; no trace tells whether the last step is where it fails."""

    def __init__(self, *, found: bool = True) -> None:
        """`found`: whether the changed line stands in the commit's diff."""
        super().__init__()
        self.found = found

    def checked(self, sha: str, proof: Proof) -> Proof:
        """Only the change is looked up."""
        change = proof.change.model_copy(update={"checked": self.found}) if proof.change else None
        return Proof(change=change, steps=proof.steps, arrives=False)


CHANGED = ChangedLine(path="shop/prices.py", line=3, text="return RATES.get(item)")
PROVEN = Ties({("a", 6): 0, ("b", 3): 1}, cleared=(9,))
AGENTS = ("zero_shot", "chain_of_thought", "developer")


def said(agent: str, commit: str, caused: bool, *places: tuple[str, int]) -> Opinion:
    """A confident opinion with citations."""
    citations = tuple(Citation(path=path, line=line) for path, line in places)
    chance = 0.95 if caused else 0.05
    return Opinion(
        agent=agent, commit=commit, caused=caused, probability=chance, mechanism=f"{agent} says", citations=citations
    )


def explained_by(opinions: Sequence[Opinion]) -> list[Opinion]:
    """The same opinions; the developer's accusation states a changed line, and its citations as the steps from there."""
    return [
        each.model_copy(update={"proof": Proof(change=CHANGED, steps=tuple(map(_step, each.citations)))})
        if each.agent == "developer" and each.caused
        else each
        for each in opinions
    ]


def _step(place: Citation) -> ProofStep:
    return ProofStep(path=place.path, line=place.line, says="here")


def team(sha: str, *places: tuple[str, int], others: str = "") -> list[Opinion]:
    """Everybody says that `sha` caused it, with the places cited, and that `others` did not."""
    innocent = [said(agent, other, False) for agent in AGENTS for other in others]
    return [said(agent, sha, True, *places) for agent in AGENTS] + innocent


def acquitted(sha: str, *places: tuple[str, int]) -> list[Opinion]:
    """Everybody says that it did not cause the failure."""
    return [said(agent, sha, False, *places) for agent in AGENTS]
