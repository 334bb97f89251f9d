"""Speaks with a Red Tide server, or with the same HTTP interface over a store on this machine, in this process."""

import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from incidents.confirmation import Confirmation
from incidents.errors import IncidentNotFound, InputError, ServerUnavailable
from incidents.revert_record import Revert
from service.cli.target import Local, Remote, Target, is_loopback
from service.render import sanitize as neutral
from service.store.schemas import (
    Accepted,
    Feedback,
    IncidentPage,
    ReasoningTrace,
    Recorded,
    StoredIncident,
)

_Answer = TypeVar("_Answer", bound=BaseModel)
_ID = re.compile(r"(?:inc-)?([a-z0-9]{1,36})", re.IGNORECASE)
_WHOLE = 10  # letters of an id
_MOST = 200  # incidents of one page
_NAMED = 5  # incidents that are named when a short id is ambiguous
_SECONDS = 30.0
_NEVER_HEARD_OF = "Not Found"  # how the framework answers for a path that it does not have


class ScopeMissing(InputError):
    """The token is valid, but not for this."""


class Client:
    """The requests of the command line. Every method may raise InputError, with one line that says what to do."""

    def __init__(self, http: httpx.AsyncClient, target: Target) -> None:
        self._http = http
        self._target = target

    @property
    def place(self) -> str:
        """What is asked, for messages: the server's or the store's address."""
        target = self._target
        return target.url if isinstance(target, Remote) else target.settings.store_url

    async def page(self, limit: int, before: str | None = None, **filters: str | None) -> IncidentPage:
        """At most 200 incidents, newest first; `before` is the id of the last one already seen."""
        wanted = {"limit": min(limit, _MOST), "before": before, **filters}
        return await self._get(IncidentPage, "/incidents", **wanted)

    async def incident(self, named: str) -> StoredIncident:
        """One incident, by its id or the beginning of it. Raises IncidentNotFound."""
        return await self._get(StoredIncident, f"/incidents/{await self.id_of(named)}")

    async def trace(self, incident: str) -> ReasoningTrace:
        """How its verdict came about; `incident` is a whole id."""
        return await self._get(ReasoningTrace, f"/incidents/{incident}/trace")

    async def judge(self, incident: str, feedback: Feedback) -> None:
        """Store what a person says about the verdict."""
        body = feedback.model_dump(exclude_none=True)
        await self._post(Recorded, f"/incidents/{incident}/feedback", json=body)

    async def confirm(self, incident: str, found: Confirmation) -> None:
        """Store what the owner's command showed."""
        await self._post(Recorded, f"/incidents/{incident}/confirmations", json=found.model_dump(mode="json"))

    async def rerun(self, incident: str, base: str | None, deployed: str | None) -> Accepted:
        """Have it investigated again, with other revisions when they are given."""
        body = {name: value for name, value in (("base", base), ("deployed", deployed)) if value}
        return await self._post(Accepted, f"/incidents/{incident}/rerun", json=body)

    async def add_trace(self, incident: str, text: str) -> Accepted:
        """Have it investigated again with this text of the error."""
        return await self._post(Accepted, f"/incidents/{incident}/trace", json={"stack_trace": text})

    async def send_alert(self, alert: Mapping[str, object]) -> Accepted:
        """Open an incident, or add to the one of the same error."""
        return await self._post(Accepted, "/alerts", json=dict(alert))

    async def plan_revert(self, incident: str, asked: Mapping[str, object]) -> Revert:
        """Plan a revert, or find the one that exists; `asked` are fields of the service's RevertAsked."""
        return await self._post(Revert, f"/incidents/{incident}/revert", json=dict(asked))

    async def change_revert(self, revert: str, act: str) -> Revert:
        """Approve, execute, cancel or object to a revert."""
        return await self._post(Revert, f"/reverts/{revert}/{act}", json={})

    async def id_of(self, named: str) -> str:
        """The whole id of an incident. Raises IncidentNotFound, and InputError where several begin like that."""
        found = _ID.fullmatch(named.strip())
        if found is None:
            raise InputError(f"INCIDENT: {named[:60]!r} is no id of an incident; give one such as INC-k7mq2wz4ab")
        beginning = f"INC-{found[1].lower()}"
        if len(found[1]) >= _WHOLE:
            return beginning
        page = await self.page(_MOST, id=beginning)
        ids = [each.id for each in page.incidents if each.id.startswith(beginning)]  # older servers return others too
        if len(ids) == 1:
            return ids[0]
        if not ids:
            raise IncidentNotFound(f"no incident has the id {beginning} at {self.place}")
        more = ", ..." if len(ids) > _NAMED else ""
        raise InputError(f"INCIDENT: several begin with {beginning}: {', '.join(ids[:_NAMED])}{more}; give more of it")

    async def _get(self, kind: type[_Answer], path: str, **query: str | int | None) -> _Answer:
        params = {name: value for name, value in query.items() if value is not None}
        return await self._asked(kind, "GET", path, params=params)

    async def _post(self, kind: type[_Answer], path: str, *, json: object) -> _Answer:
        return await self._asked(kind, "POST", path, json=json)

    async def _asked(self, kind: type[_Answer], method: str, path: str, **content: Any) -> _Answer:  # noqa: ANN401
        try:
            answer = await self._http.request(method, path, **content)
        except httpx.HTTPError as error:
            raise ServerUnavailable(_no_answer(self.place, error)) from error
        if not answer.is_success:
            raise self._refused(answer)
        try:
            return kind.model_validate(answer.json(), extra="ignore")
        except (ValidationError, ValueError) as error:
            raise InputError(
                f"{self.place} answers in another way than this version of Red Tide knows: {_VERSIONS}"
            ) from error

    def _refused(self, answer: httpx.Response) -> InputError | IncidentNotFound:
        """The error of an answer that is no success."""
        status, said, place = answer.status_code, _detail(answer), self.place
        shown = isinstance(self._target, Local) or bool(self._target.token)
        if status == 401:
            what = "does not know this token" if shown else "asks for a token"
            return InputError(f"{place} {what}; run `redtide login --server {place}`, or set REDTIDE_TOKEN")
        if status == 403:
            return ScopeMissing(f"{place}: {said or 'this token lacks a scope'}; add it there in REDTIDE_API_TOKENS")
        if answer.is_redirect:
            where = neutral.line(answer.headers.get("location", ""), 200)
            return InputError(
                f"{place} redirects to {where or 'another address'}; give that one with --server, if you trust it"
            )
        if status == 404 and said and said != _NEVER_HEARD_OF:
            return IncidentNotFound(f"{said} at {place}")
        if status in (404, 405):
            return InputError(f"{place} does not know this request: {_VERSIONS}")
        if status == 429 or status >= 500:
            return ServerUnavailable(f"{place} cannot answer now ({status} {said}); try again".replace(" )", ")"))
        return InputError(f"{place} refuses this: {said or status}")


_VERSIONS = "it is no Red Tide server, or one of another version"


@asynccontextmanager
async def connected(target: Target, *, writes: bool = False, seconds: float = _SECONDS) -> AsyncIterator[Client]:
    """Yield a client for the server or the store. `writes`: a store is opened for changes; none is ever created.

    Raises InputError. A token is never sent after a redirect, and a proxy of the environment is only used for https.
    """
    if isinstance(target, Local):
        from service.cli.local_service import local_service

        async with local_service(target.settings, writes=writes) as http:
            yield Client(http, target)
        return
    headers = {"Authorization": f"Bearer {target.token}"} if target.token else {}
    headers["User-Agent"] = "redtide"
    proxied = target.url.startswith("https://") and not is_loopback(target.url)
    async with httpx.AsyncClient(
        base_url=target.url,
        headers=headers,
        timeout=seconds,
        follow_redirects=False,
        trust_env=proxied,
        verify=_trusted(),
    ) as http:
        yield Client(http, target)


def _trusted() -> ssl.SSLContext:
    """The authorities of this machine, with those of SSL_CERT_FILE and SSL_CERT_DIR. Raises InputError."""
    return ssl.create_default_context()


def _no_answer(place: str, error: httpx.HTTPError) -> str:
    """Why there was no answer, and what to do."""
    if isinstance(error, httpx.TimeoutException):
        return f"{place} did not answer in time; is it up and the address right?"
    reason = neutral.line(str(error) or type(error).__name__, 200)
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return f"the certificate of {place} is not trusted ({reason}); set SSL_CERT_FILE to the file of its authority"
    if "SSL" in reason:
        return f"{place} does not speak TLS as expected ({reason}); is it http, or another port?"
    return f"{place} cannot be reached ({reason}); is it up and the address right?"


def _detail(answer: httpx.Response) -> str:
    """What the server says is wrong, as one line: its text, or the fields that it names."""
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return ""
    if isinstance(detail, list):
        detail = "; ".join(_problem(each) for each in detail[:3])
    return neutral.line(str(detail), 300)


def _problem(problem: object) -> str:
    if not isinstance(problem, dict):
        return str(problem)
    loc = problem.get("loc")
    names = [str(part) for part in loc if part not in ("body", "query", "path")] if isinstance(loc, list) else []
    return ": ".join(filter(None, (".".join(names), str(problem.get("msg", "")))))


async def stored(incident: str, target: Target) -> StoredIncident:
    """The incident with this id. Raises InputError."""
    async with connected(target) as client:
        return await client.incident(incident)
