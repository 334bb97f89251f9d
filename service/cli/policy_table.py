"""What `redtide policy replay` prints: a row for each minimum probability, and which rule declined."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from incidents.errors import InputError
from incidents.policy import Conditions, Policy
from service.cli.cases import Broken
from service.cli.table import broken_lines
from service.render import sanitize
from tools.policy.decide import decide
from tools.policy.replay import THRESHOLDS, Replayed, Row, at_threshold, declined, reverted


def as_text(cases: Sequence[Replayed], broken: Sequence[Broken], policy: Policy) -> str:
    """The table, the rules that declined, and the harmful reverts by name."""
    conditions = everywhere(policy)
    rows = [at_threshold(cases, conditions, threshold) for threshold in _thresholds(conditions)]
    lines = ["minimum  reverted  right  wrong  unlabelled  precision", *map(_line, rows), ""]
    rules = declined(cases, conditions).most_common()
    lines += [f"declined at {conditions.minimum_probability:.0%}:", *(f"  {n:>5}  {rule}" for rule, n in rules)]
    harmful = [each for each in reverted(cases, conditions) if each.labelled and not each.right]
    lines += ["", *(f"wrong: {sanitize.line(each.id, 80)}, {each.facts.commit}" for each in harmful)]
    return "\n".join(lines).rstrip() + "\n" + broken_lines(broken)


def as_object(cases: Sequence[Replayed], broken: Sequence[Broken], policy: Policy) -> dict[str, Any]:
    """The same for programs, with the facts of every case."""
    conditions = everywhere(policy)
    rows = [at_threshold(cases, conditions, threshold) for threshold in _thresholds(conditions)]
    return {
        "rows": [{**asdict(row), "precision": row.precision} for row in rows],
        "declined": declined(cases, conditions),
        "cases": [_case(each, conditions) for each in cases],
        "broken": [each.model_dump() for each in broken],
    }


def draw(cases: Sequence[Replayed], policy: Policy, file: Path) -> None:
    """Write the curve: with all rules, and with those about the verdict's probability alone. Raises InputError."""
    from tools.training.policy_plot import plot

    all_rules = everywhere(policy)
    weaker = all_rules.model_copy(update={"minimum_evidence": "message", "minimum_git_probability": 0.5})
    curves = {
        "all rules": [at_threshold(cases, all_rules, each) for each in THRESHOLDS],
        "any evidence": [at_threshold(cases, weaker, each) for each in THRESHOLDS],
    }
    try:
        plot(curves, len(cases), file)
    except ImportError as error:
        raise InputError("--plot: matplotlib is not installed (pip install matplotlib)") from error
    except OSError as error:
        raise InputError(f"--plot: cannot write {str(file)!r} ({error.strerror})") from error


def everywhere(policy: Policy) -> Conditions:
    """The policy's conditions without overrides: replayed incidents have other names than those in it."""
    return policy.conditions("", "") if not policy.overrides else Policy(**policy.model_dump(exclude={"overrides"}))


def _thresholds(conditions: Conditions) -> tuple[float, ...]:
    return tuple(sorted({*THRESHOLDS, conditions.minimum_probability}))


def _line(row: Row) -> str:
    precision = "-" if row.precision is None else f"{row.precision:.3f}"
    return f"{row.threshold:>7.3f}  {row.reverted:>8}  {row.right:>5}  {row.wrong:>5}  {row.unlabelled:>10}  {precision:>9}"


def _case(each: Replayed, conditions: Conditions) -> dict[str, Any]:
    decision = decide(each.facts, conditions)
    fields = {"id": each.id, "repository": each.repository, "culprit": each.culprit, "labelled": each.labelled}
    facts = each.facts.model_dump(mode="json", exclude={"authors", "history"})
    return {**fields, "passed": decision.passed, "decided_by": decision.decided_by, "right": each.right, "facts": facts}
