"""The incident store: what was acknowledged, who works on it, and what came out. Every method is one transaction."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import URL, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker

from incidents.alert import Alert, Deploy
from incidents.errors import InputError
from service.intake.alert_event import Notice, Result
from service.intake.fingerprint import keys_of
from service.settings import Life
from service.store.deploy_window import moment
from service.store.deploys import DeployRecord
from service.store.engine import connect, migrate, writing
from service.store.feedback import Judgement
from service.store.intake import register
from service.store.outcomes import Finding, Work
from service.store.queries import Archive
from service.store.rounds import Round, over
from service.store.tables import DeployRow
from tools.traces import parse

__all__ = ["Finding", "Store"]


class Store(Work):
    """The incident store at `url`: what comes in, the work on it, and `archive`, as it is read.

    Nothing is opened before `migrate`, which comes first.
    """

    def __init__(self, url: URL, life: Life | None = None) -> None:
        engine = connect(url)
        self._engine = engine
        self._life = life or Life()
        self.archive = Archive(engine)
        self.deploys = DeployRecord(engine)
        self._read = async_sessionmaker(engine, expire_on_commit=False)
        self._write = async_sessionmaker(writing(engine), expire_on_commit=False)
        self.judgement = Judgement(self._write)
        super().__init__(self._write)

    async def migrate(self) -> None:
        """Bring the tables up to date."""
        await migrate(self._engine)

    async def close(self) -> None:
        """Give the connections back."""
        await self._engine.dispose()

    async def accept(self, alert: Alert, body: str, source: str = "redtide") -> str:
        """Store an alert (redacted) and return the id of its incident once both are durable.

        `body` is what was received. Revisions that neither the alert nor a deploy tells are left empty: the
        investigation finds them.
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
        """Store these notices in one transaction; what became of each, in their order. They are durable then."""
        async with self._write.begin() as session:
            return await register(session, notices, datetime.now(UTC), self._life)

    async def over(self, rounds: Collection[Round]) -> set[Round]:
        """Those of these rounds of work that nobody will go on with."""
        async with self._read() as session:
            return await over(session, rounds)

    async def record_deploy(self, deploy: Deploy) -> int:
        """Store a deploy and return its number; the same deploy told again is the same deploy."""
        row = DeployRow(
            repository=deploy.repository,
            environment=deploy.environment,
            service=deploy.service or "",
            revision=deploy.revision,
            old_revision=deploy.old_revision,
            at=moment("at", deploy.at),
            actor=deploy.actor,
            url=deploy.url,
        )
        try:
            async with self._write.begin() as session:
                session.add(row)
        except IntegrityError:
            return await self._same_deploy(row)
        return row.id

    async def _same_deploy(self, row: DeployRow) -> int:
        async with self._read() as session:
            return (
                await session.scalars(
                    select(DeployRow.id).where(
                        DeployRow.repository == row.repository,
                        DeployRow.environment == row.environment,
                        DeployRow.service == row.service,
                        DeployRow.at == row.at,
                        DeployRow.revision == row.revision,
                    )
                )
            ).one()
