"""A planned revert as lines of text: what it undoes, what it leaves broken, what to look at twice, and what else would help."""

from collections.abc import Callable, Iterator

from incidents.revert import Dependant, RevertPlan
from service.render import sanitize as neutral
from service.render.wording import short

_USES = {
    "same_lines": "changed the same lines",
    "definition": "uses",
    "column": "uses the column",
    "setting": "uses the setting",
    "file": "uses the file",
}
_SHOWN = 12


def plan_lines(plan: RevertPlan, subject_of: Callable[[str], str], base: str, *, as_set: bool = False) -> Iterator[str]:
    """Yield the lines below the title; `base` says what it goes on top of, `subject_of` gives a commit's title. `as_set`: what
    builds on the commit was asked for too."""
    yield f"  on top of {base}"
    if plan.already_reverted:
        yield "already reverted: undoing it changes nothing"
        return
    if plan.only:
        yield f"  only a part: {', '.join(neutral.line(path, 200) for path in plan.only[:_SHOWN])}"
    if len(plan.commits) > 1:
        yield f"{len(plan.commits)} commits in one, in this order:"
        yield from (f'  {short(sha)} "{neutral.line(subject_of(sha), 100)}"' for sha in plan.commits)
    yield from _listed([neutral.line(path, 200) for path in plan.files], "files")
    if plan.conflicts:
        yield f"conflicts: revert it by hand{_also(plan, as_set=as_set)}"
        yield from (f"  {neutral.line(each.path, 200)}: {neutral.line(each.reason, 200)}" for each in plan.conflicts)
    else:
        yield f"  {plan.stat.files} file{'' if plan.stat.files == 1 else 's'}, +{plan.stat.added} -{plan.stat.removed}"
    if plan.dependants:
        yield f"later commits use what would be gone{'' if plan.only or as_set else ' (--set reverts them too)'}:"
        yield from _listed([_dependant(each) for each in plan.dependants], "uses")
    yield from (f"not sure: {neutral.line(gap, 200)}" for gap in plan.gaps)
    if plan.risks:
        yield "look twice:"
        rows = (
            f"{risk.kind.replace('_', ' ')}: {risk.path + ': ' if risk.path else ''}{risk.detail}"
            for risk in plan.risks
        )
        yield from _listed([neutral.line(row, 200) for row in rows], "risks")
    if plan.alternatives:
        yield "instead:"
        yield from (f"  {each.kind.replace('_', ' ')}: {neutral.line(each.detail, 200)}" for each in plan.alternatives)


def _also(plan: RevertPlan, *, as_set: bool) -> str:
    """What may help too. A part is no set, and where a set was asked for there is none."""
    if plan.only:
        return ""
    return (
        "; no set of later commits takes the conflicts away"
        if as_set
        else ", or revert the later commits first (--set)"
    )


def _dependant(each: Dependant) -> str:
    place = f" ({neutral.line(each.path, 120)}:{each.line})" if each.path and each.line else ""
    named = f" {neutral.line(each.name, 60)}" if each.name else ""
    return f'{short(each.commit)} "{neutral.line(each.title, 80)}" {_USES[each.uses]}{named}{place}'


def _listed(rows: list[str], noun: str) -> Iterator[str]:
    yield from (f"  {row}" for row in rows[:_SHOWN])
    if len(rows) > _SHOWN:
        yield f"  and {len(rows) - _SHOWN} more {noun}"
