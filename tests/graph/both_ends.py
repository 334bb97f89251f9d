"""An accusation of which both ends are found in code, and nothing between them."""

from collections.abc import Sequence

from incidents.advice import Advice
from incidents.opinion import ChangedLine, Opinion, Proof, ProofStep
from tests.graph.settling import NotArriving, team

LINE = ChangedLine(path="shop/prices.py", line=4, text="'lang' => 'expression'")
CULPRIT_B = Advice(decision="culprit", commit="b")
ENDS = (("shop/prices.py", 4), ("shop/prices.py", 6))
"""A line that b wrote, and the failing one: no way between them is found."""


class Apart(NotArriving):
    """Both ends are found, and the last step lies where it fails; nothing connects them."""

    def checked(self, sha: str, proof: Proof) -> Proof:
        """No step but the last follows."""
        return super().checked(sha, proof).model_copy(update={"arrives": True})


def read(opinions: Sequence[Opinion]) -> list[Opinion]:
    """The same opinions; the developer's accusation states a changed line, and its citations as steps."""
    return [_stated(each) if each.agent == "developer" and each.caused else each for each in opinions]


def _stated(opinion: Opinion) -> Opinion:
    steps = tuple(ProofStep(path=cited.path, line=cited.line) for cited in opinion.citations)
    return opinion.model_copy(update={"proof": Proof(change=LINE, steps=steps)})


BLAMES_B = read(team("b", *ENDS, others="a"))
