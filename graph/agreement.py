"""What developer and judge both answer, how far code found the developer's explanation, and whether the team shares it.

One model plays all agents, so that they agree tells little by itself. It is worth something where the questions differ: an
SRE must give the same answer too, and nobody another one, so that a zero-shot SRE that says yes to every commit breaks it. Who
answers at random does not agree with itself, and who only says a name cites nothing that exists.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from graph.citations import Checked, Place
from graph.hearing import Hearing
from incidents.opinion import DEVELOPER, Opinion
from incidents.verdict import Outcome

Answer = tuple[Outcome, str | None]
_COMPARES_ALL = "chain_of_thought"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The answer of developer and judge. `commit` is the one they name, None for none of these.

    `cited`: the developer cites a line that exists. `began`: code found the changed line that it states in the commit's
    diff. `tied`: it cites a line that the commit wrote and one in the failing execution, or a line of the commit that the
    execution reaches; where no line of the failure lies in this code, the changed line. `ends`: code found both ends of the
    explanation; for "none of these" a way through older code, of which the last line is in the failing execution. `apart`: nobody accuses more
    than half of the commits that it was asked about. `unopposed`: nobody accuses another commit. `whole`: nobody gives
    another answer, and one of the SREs the same, or could not: see `_heard`. `followed`: code found every step of the
    explanation, of two places or more, and the changed line of a commit.
    """

    commit: str | None
    cited: bool
    began: bool
    tied: bool
    ends: bool
    apart: bool
    unopposed: bool
    whole: bool
    followed: bool = False

    @property
    def answer(self) -> Answer:
        """In the words of a verdict."""
        return ("none", None) if self.commit is None else ("culprit", self.commit)

    @property
    def supported(self) -> bool:
        """Whether the whole team shares it, and code found both ends."""
        return self.ends and self.whole


def agreement(hearing: Hearing, *, mapped: bool, shown: Collection[Place] = ()) -> Agreement | None:
    """Return what developer and judge agree on, None when they do not. `mapped`: the trace has a line in this code; `shown`
    are the lines that it names."""
    advised = hearing.advised
    if advised is None or advised.decision == "unsure":
        return None
    read = [each for each in hearing.counted if each.opinion.agent == DEVELOPER]
    accused = [each for each in read if each.opinion.caused]
    if advised.decision == "none":
        return None if accused or not read else _on_none(hearing.counted, read, mapped=mapped, shown=shown)
    mine = next((each for each in accused if each.opinion.commit == advised.commit), None)
    return mine and _on_commit(hearing.counted, mine, mapped=mapped)


def _on_commit(counted: Sequence[Checked], mine: Checked, *, mapped: bool) -> Agreement:
    sha = mine.opinion.commit
    about = [each.opinion for each in counted if each.opinion.commit == sha]
    unopposed = not any(each.opinion.caused for each in counted if each.opinion.commit != sha)
    cleared = any(each.opinion.caused is False for each in counted)
    tied = mine.linked or mine.calls_away is not None or (mine.began and not mapped)
    return Agreement(
        commit=sha,
        cited=bool(mine.opinion.citations),
        began=mine.began,
        tied=tied,
        ends=mine.began and tied,
        apart=_apart(counted),
        unopposed=unopposed,
        whole=unopposed and all(each.caused for each in about) and _heard(about, counted) and cleared,
        followed=mine.began and _each_found(mine),
    )


def _heard(about: Sequence[Opinion], counted: Sequence[Checked]) -> bool:
    """Whether one of the SREs says the same; or who was asked about each candidate clears them all, was not asked about this
    commit, which git ruled out, and who compares all cannot tell."""
    engineers = [each.opinion for each in counted if each.opinion.agent != DEVELOPER]
    compared = any(each.agent == _COMPARES_ALL for each in engineers)
    asked_of_it = any(each.agent != DEVELOPER for each in about)
    return _third(about, counted) or (bool(engineers) and not compared and not asked_of_it)


def _on_none(
    counted: Sequence[Checked], read: Sequence[Checked], *, mapped: bool, shown: Collection[Place]
) -> Agreement:
    unopposed = not any(each.opinion.caused for each in counted)
    return Agreement(
        commit=None,
        cited=any(each.opinion.citations for each in read),
        began=False,
        tied=False,
        ends=any(_two_places(each) and (_arrives(each, shown) or not mapped) for each in read),
        apart=True,
        unopposed=unopposed,
        whole=unopposed and _third([each.opinion for each in counted], counted),
        followed=any(each.older_way and _each_found(each) for each in read),
    )


def _third(same: Iterable[Opinion], counted: Iterable[Checked]) -> bool:
    """Whether one of the SREs gives the same answer: who compares all, or who was asked about two commits or more."""
    asked = Counter(each.opinion.agent for each in counted)
    return any(each.agent == _COMPARES_ALL or (each.agent != DEVELOPER and asked[each.agent] > 1) for each in same)


def _each_found(checked: Checked) -> bool:
    steps = checked.opinion.proof.steps if checked.opinion.proof else ()
    return len({(step.path, step.line) for step in steps}) > 1 and all(step.checked for step in steps)


def _two_places(checked: Checked) -> bool:
    return checked.older_way and len({(each.path, each.line) for each in checked.opinion.citations}) > 1


def _arrives(checked: Checked, shown: Collection[Place]) -> bool:
    """Whether the last line is in the failing execution, and not all of them stand in the trace: anybody can copy these."""
    proof = checked.opinion.proof
    copied = {(step.path, step.line) for step in proof.steps} <= set(shown) if proof else True
    return proof is not None and proof.arrives is True and not copied


def _apart(counted: Iterable[Checked]) -> bool:
    """Whether every agent that was asked of two commits or more accuses at most half of them."""
    said: dict[str, list[bool]] = {}
    for each in counted:
        said.setdefault(each.opinion.agent, []).append(each.opinion.caused is True)
    return all(len(answers) < 2 or 2 * sum(answers) <= len(answers) for answers in said.values())
