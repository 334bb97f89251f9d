"""What feedback means. Everything that shows it, counts it or acts on it asks here."""

from dataclasses import dataclass
from typing import Final, get_args

from incidents.verdict import Outcome
from service.store.schemas import Judgement, Label


@dataclass(frozen=True, slots=True)
class Meaning:
    """What feedback says about the cause, and about the verdict that it was given on.

    `commit`: this commit caused the error. `no_commit`: none of the deploy did. With neither, the cause is not known.
    `innocent`: this commit did not. `confirms`: that verdict is right. `corrects`: something else is shown in its place.
    `any_commit`: a verdict that names a commit is wrong, whichever it names, also a later one.
    """

    commit: str | None
    no_commit: bool
    innocent: str | None
    confirms: bool
    corrects: bool
    any_commit: bool

    @property
    def known(self) -> bool:
        """Whether it says what the cause is."""
        return self.commit is not None or self.no_commit

    @property
    def instead(self) -> str | None:
        """The commit that is offered in place of the verdict's."""
        return self.commit if self.corrects else None


def meaning(label: str, commit: str | None, outcome: str | None, culprit: str | None) -> Meaning:
    """Return the meaning of feedback with this `Label`, which may name a commit.

    `outcome` and `culprit` are those of the verdict that it was given on; None when there was none yet.
    """
    right = label == "right"
    outside = label == "not_a_deploy"
    return Meaning(
        commit=culprit if right else commit,
        no_commit=outside or (right and outcome == "none"),
        innocent=None if right else culprit,
        confirms=right or (outside and outcome == "none"),
        corrects=not right,
        any_commit=outside,
    )


def meaning_of(said: Judgement) -> Meaning:
    """Return the meaning of stored feedback."""
    return meaning(said.label, said.commit, said.outcome, said.culprit)


CORRECTING: Final[tuple[Label, ...]] = tuple(
    each for each in get_args(Label) if meaning(each, None, None, None).corrects
)
"""The labels after which something else is shown than the verdict."""
CONFIRMING: Final[tuple[tuple[Outcome, Label], ...]] = tuple(
    (outcome, label)
    for outcome in get_args(Outcome)
    for label in get_args(Label)
    if meaning(label, None, outcome, None).confirms
)
"""Which label says of which outcome that it is right, for queries."""
