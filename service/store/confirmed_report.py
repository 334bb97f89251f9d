"""The report with what the owner's command showed: evidence of the strongest kind."""

from incidents.confirmation import Confirmation, StoredConfirmation
from incidents.report import Report
from service.render.wording import counted, short


def confirmed(report: Report, trials: StoredConfirmation | None) -> Report:
    """The report with one sentence on the trials; `report.command` names the commit that it is about."""
    return report if trials is None else report.model_copy(update={"confirmation": _sentence(trials.found)})


def _sentence(found: Confirmation) -> str:
    runs = f"{counted(len(found.trials), 'run')}, {'in' if found.sandboxed else 'without'} a sandbox"
    if found.confirmed and found.proven is not None:
        return f"Confirmed: fails with {short(found.proven)}, passes without ({runs})."
    if found.proven is not None and found.suspected is not None:
        return f"Not {short(found.suspected)}: fails with {short(found.proven)}, passes without ({runs})."
    if found.confirmed is False and found.suspected is not None:
        return f"Not confirmed: the command does not fail because of {short(found.suspected)} ({runs})."
    return f"The command could not tell ({runs})."
