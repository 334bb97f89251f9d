"""What feedback means: one table of all labels and answers, and nobody else decides it."""

import ast
from pathlib import Path

import pytest

from service.store.feedback_meaning import CONFIRMING, CORRECTING, meaning
from service.store.schemas import Label

ROOT = Path(__file__).parents[3]
A, B = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("label", "commit", "outcome", "culprit", "cause", "confirms"),
    [
        ("right", None, "culprit", A, A, True),
        ("right", None, "none", None, "none", True),
        ("right", None, "unsure", None, "unknown", True),
        ("right", None, None, None, "unknown", True),
        ("wrong", None, "culprit", A, "unknown", False),
        ("wrong", B, "culprit", A, B, False),
        ("wrong", B, "none", None, B, False),
        ("not_a_deploy", None, "culprit", A, "none", False),
        ("not_a_deploy", None, "none", None, "none", True),
        ("not_a_deploy", None, None, None, "none", False),
    ],
)
def test_feedback_says_what_caused_it_and_whether_the_verdict_is_right(
    label: Label, commit: str | None, outcome: str | None, culprit: str | None, cause: str, confirms: bool
) -> None:
    meant = meaning(label, commit, outcome, culprit)
    assert (meant.commit or ("none" if meant.no_commit else "unknown")) == cause
    assert meant.known == (cause != "unknown")
    assert meant.confirms == confirms
    assert meant.innocent == (None if label == "right" else culprit)


def test_only_what_is_said_instead_is_offered_instead() -> None:
    assert meaning("right", None, "culprit", A).instead is None
    assert meaning("wrong", B, "culprit", A).instead == B
    assert meaning("not_a_deploy", None, "culprit", A).instead is None


def test_queries_ask_for_the_same() -> None:
    assert CORRECTING == ("wrong", "not_a_deploy")
    assert set(CONFIRMING) == {
        ("culprit", "right"),
        ("none", "right"),
        ("unsure", "right"),
        ("not_enough", "right"),
        ("none", "not_a_deploy"),
    }


def test_nobody_else_compares_a_label() -> None:
    """`x.label == "wrong"` decides what it means; words for a label are looked up instead."""
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "service").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(each, ast.Attribute) and each.attr == "label" for each in [node.left, *node.comparators])
        and any(
            isinstance(each, ast.Constant) and each.value in ("right", "wrong", "not_a_deploy")
            for each in [node.left, *node.comparators]
        )
    ]
    assert found == ["service/store/schemas.py"]  # which refuses a commit that does not go with its label
