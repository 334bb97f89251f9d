"""What trials showed, as lines of text."""

from collections.abc import Iterator

from incidents.confirmation import Confirmation
from incidents.verdict import percent
from service.render import sanitize as neutral
from service.render.wording import short

_SHOWN_LINES = 8


def confirmation(found: Confirmation, subject: str) -> str:
    """The result first, then the commit, how it was run, and the end of what the last failed run printed."""
    return "\n".join([*_lines(found, subject), ""])


def _lines(found: Confirmation, subject: str) -> Iterator[str]:
    yield f"{_answer(found)}: {found.detail}"
    if found.culprit is not None and any(each.outcome in ("passed", "failed") for each in found.trials):
        likeliest = "" if found.confirmed is not None else "the likeliest so far: "
        yield f'  {likeliest}{short(found.culprit)} "{neutral.line(subject, 100)}", {percent(found.probability)}'
    runs = len(found.trials)
    yield f"  {runs} run{'' if runs == 1 else 's'} of {neutral.line(found.command, 200)}"
    yield (
        "  in a sandbox"
        if found.sandboxed
        else "  without a sandbox: it could write to this machine and use the network"
    )
    if found.flaky:
        yield "  the command is flaky: at the same commit it passed and failed"
    failed = next((trial for trial in reversed(found.trials) if trial.outcome == "failed" and trial.output), None)
    if failed is not None:
        yield f"  printed at {short(failed.commit)}:"
        yield from (f"    {neutral.line(row, 160)}" for row in failed.output.strip().splitlines()[-_SHOWN_LINES:])


def _answer(found: Confirmation) -> str:
    if found.confirmed is None:
        return "cannot tell"
    if found.confirmed:
        return "confirmed" if found.suspected else "found"
    return f"{short(found.suspected)} is not the cause" if found.suspected else "not the cause"
