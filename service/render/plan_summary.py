"""The plan of a revert in a few sentences of plain text, for modals and pages. Every text in it is untrusted."""

from incidents.revert import RevertPlan
from service.render import sanitize
from service.render.wording import short

_SHOWN = 3
_USES = {
    "same_lines": "changes the same lines",
    "definition": "uses what it defines",
    "column": "uses a column of it",
    "setting": "uses a setting of it",
    "file": "uses a file of it",
}


def standing(plan: RevertPlan) -> str:
    """Whether it applies to the head."""
    if plan.already_reverted:
        return f"It is undone already at {short(plan.head)}."
    if plan.conflicts:
        paths = ", ".join(sanitize.line(each.path, 80) for each in plan.conflicts[:_SHOWN])
        return f"It conflicts with later changes in {paths}: revert it by hand."
    return f"It applies cleanly to {short(plan.head)}: {_size(plan)}."


def details(plan: RevertPlan) -> tuple[str, ...]:
    """The set of commits, who depends on them, risks and alternatives, the most important first."""
    others = [sha for sha in plan.commits if sha != plan.commit]
    parts = [
        *([f"Together with {', '.join(map(short, others[:_SHOWN]))}, which must go with it"] if len(others) else []),
        *(
            [f"Only these files: {', '.join(sanitize.line(path, 80) for path in plan.only[:_SHOWN])}"]
            if plan.only
            else []
        ),
        *_some([_dependant(plan, number) for number in range(len(plan.dependants))], "more depend on it"),
        *_some([f"Risk: {sanitize.line(each.detail, 160)}" for each in plan.risks], "more risks"),
        *_some([f"Instead: {sanitize.line(each.detail, 160)}" for each in plan.alternatives], "more alternatives"),
    ]
    return tuple(parts)


def _size(plan: RevertPlan) -> str:
    files = "1 file" if len(plan.files) == 1 else f"{len(plan.files)} files"
    lines = f", +{plan.stat.added} -{plan.stat.removed} lines" if plan.stat.files else ""
    return files + lines


def _dependant(plan: RevertPlan, number: int) -> str:
    each = plan.dependants[number]
    named = f" ({sanitize.line(each.name, 60)})" if each.name else ""
    return f"{short(each.commit)} {sanitize.line(each.title, 80)} {_USES[each.uses]}{named}"


def _some(lines: list[str], rest: str) -> list[str]:
    hidden = len(lines) - _SHOWN
    return lines[:_SHOWN] + ([f"{hidden} {rest}"] if hidden > 0 else [])
