"""Store alerts and find or open their incidents, many in one transaction.

A transaction first locks the errors of its alerts, so that two replicas never open two incidents for one error and no
count is lost.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from incidents.alert import Alert
from incidents.errors import InputError
from service.intake.alert_event import Notice, Receipt, Result
from service.intake.fingerprint import keys_of
from service.render.message import State
from service.settings.limits import Life
from service.store.engine import Database
from service.store.error_locks import lock_errors
from service.store.incident_matcher import IncidentMatcher, bares
from service.store.outbox import Outbox
from tools.traces import parse


class AlertIntake:
    """Stores alerts with the incidents they belong to."""

    def __init__(self, database: Database, life: Life, outbox: Outbox) -> None:
        self._database = database
        self._life = life
        self._outbox = outbox

    async def accept(self, alert: Alert, body: str, source: str = "redtide") -> str:
        """Store an alert (redacted) and return the id of its incident once both are durable.

        `body` is the received text. Revisions that neither the alert nor a deploy names are left empty: the
        investigation finds them. Raises InputError when the alert cannot be used.
        """
        trace = parse(alert.text) if alert.text.strip() else None
        keys = keys_of(alert, trace, source)
        notice = Notice(alert=alert, body=body, source=source, strict=True, trace=trace, **keys._asdict())
        (result,) = await self.register([notice])
        if isinstance(result, InputError):
            raise result
        assert result.incident is not None, "a firing alert has an incident"
        return result.incident

    async def register(self, notices: Sequence[Notice]) -> list[Result]:
        """Store these notices in one transaction and return the result of each, in their order.

        They are durable then. A rejected notice (an InputError among the results) leaves nothing in the store.
        """
        async with self._database.write() as session:
            await lock_errors(session, sorted(bares(notices)))
            matcher = IncidentMatcher(session, datetime.now(UTC), self._life)
            await matcher.look_up(notices)
            results = [await _taken(matcher, notice) for notice in notices]
            await matcher.settle()
            await self._outbox.changed(session, _to_show(results))
            return results


async def _taken(matcher: IncidentMatcher, notice: Notice) -> Result:
    try:
        return await matcher.take(notice)
    except InputError as error:
        return error


def _to_show(results: Sequence[Result]) -> dict[str, State | None]:
    """Return the incidents whose messages change: those that begin (again), and those that their sender ended."""
    receipts = [each for each in results if isinstance(each, Receipt)]
    shown: dict[str, State | None] = {
        each.incident: None for each in receipts if each.incident and each.effect == "resolved"
    }
    for each in receipts:
        if each.incident and each.effect in ("opened", "restarted"):
            shown[each.incident] = "investigating"
    return shown
