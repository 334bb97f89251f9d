"""Makes comparable pairs of verdicts: a run beside the stored verdicts, or one run beside another."""

from collections.abc import Sequence

from incidents.reasoning import Step
from incidents.report import Report
from incidents.verdict import Verdict
from incidents.versions import Versions
from service.rescoring.cause_kinds import kind_of_cause
from service.rescoring.comparison import Compared, Comparison, Side, compare, usage
from service.settings.limits import Prices
from service.store.rescoring_schemas import Pair, Rejudged
from service.store.store import Store

STORED = "stored verdicts"


async def beside_stored(store: Store, name: str, prices: Prices | None = None) -> Comparison:
    """Compare a run with the verdicts that were stored when it was made. Raises IncidentNotFound."""
    await store.rescorings.rescoring(name)
    pairs, failures = [], {}
    async for each in store.rescored.pairs(name):
        after = _after(each.after)
        if after is None:
            failures[each.incident] = each.after.failure or "not judged"
        else:
            pairs.append(_compared(each, _before(each), after))
    return compare(STORED, name, pairs, failures, prices)


async def of_two(store: Store, first: str, second: str, prices: Prices | None = None) -> Comparison:
    """Compare two runs over the incidents that both judged. Raises IncidentNotFound."""
    await store.rescorings.rescoring(second)
    await store.rescorings.rescoring(first)
    before = {each.incident: _after(each.after) async for each in store.rescored.pairs(first)}
    pairs, failures = [], {}
    async for each in store.rescored.pairs(second):
        side, after = before.get(each.incident), _after(each.after)
        if side is None or after is None:
            failures[each.incident] = each.after.failure or f"not judged by {first}"
        else:
            pairs.append(_compared(each, side, after))
    return compare(first, second, pairs, failures, prices)


def _compared(pair: Pair, before: Side, after: Side) -> Compared:
    return Compared(
        incident=pair.incident,
        service=pair.service,
        repository=pair.repository,
        language=pair.language,
        cause=kind_of_cause(pair.truth, *((pair.before, pair.after.verdict) if pair.after.verdict else (pair.before,))),
        truth=pair.truth,
        before=before,
        after=after,
    )


def _before(pair: Pair) -> Side:
    return side(pair.before, pair.before_report, pair.before_seconds, pair.before_steps, pair.before_versions)


def _after(result: Rejudged) -> Side | None:
    if result.verdict is None or result.report is None:
        return None
    return side(result.verdict, result.report, result.seconds, result.steps, result.versions or Versions())


def side(verdict: Verdict, report: Report, seconds: float, steps: Sequence[Step], versions: Versions) -> Side:
    """Return one verdict as a side of a comparison."""
    return Side(
        outcome=verdict.outcome,
        culprit=verdict.culprit,
        word=verdict.confidence.word,
        probability=verdict.confidence.probability,
        why=report.why or ((verdict.reason,) if verdict.reason else ()),
        next_step=report.next_step,
        seconds=seconds,
        versions=versions,
        **usage(steps),
    )
