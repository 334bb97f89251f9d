"""One forge's API over HTTP: JSON in and out, errors with the forge's own words, no credential in any of them."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr, TypeAdapter, ValidationError

from incidents.errors import ForgeRefused, ForgeUnavailable
from service.render import sanitize
from tools.git.remote import token_may_go_to
from tools.text.redaction import redact

_Answer = TypeVar("_Answer")
_MOST_BYTES: Final = 5_000_000
_HOURLY: Final = ("x-ratelimit-remaining", "ratelimit-remaining")
_RESETS: Final = ("x-ratelimit-reset", "ratelimit-reset")


@cache
def _authorities() -> ssl.SSLContext:
    """Return whom we trust, read once: it takes some 30 ms, in which the event loop stands still."""
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class ForgeHttp:
    """The API at `url`. `token` is sent in the Authorization header, after `scheme`, and never after a redirect."""

    name: str
    url: str
    token: SecretStr | None
    seconds: float
    scheme: str = "Bearer"
    headers: Mapping[str, str] = field(default_factory=dict)

    async def get(self, kind: type[_Answer], path: str, **query: str | int) -> _Answer:
        """Read; the answer as `kind`. Raises ForgeUnavailable, ForgeRefused."""
        return await self.send(kind, "GET", path, query=query)

    async def send(
        self,
        kind: type[_Answer],
        method: str,
        path: str,
        json: Mapping[str, object] | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> _Answer:
        """Send one request; the answer as `kind`. Raises ForgeUnavailable, ForgeRefused."""
        status, headers, body = await self._exchange(method, path, json, query or {})
        if not 200 <= status < 300:
            raise self._problem(status, headers, body)
        try:
            return TypeAdapter(kind).validate_json(body or b"null")
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise ForgeUnavailable(f"{self.name} answers {method} {path} in an unknown way ({where[:80]})") from error

    async def _exchange(
        self, method: str, path: str, json: Mapping[str, object] | None, query: Mapping[str, str | int]
    ) -> tuple[int, httpx.Headers, bytes]:
        encrypted = urlsplit(self.url).scheme == "https"  # a proxy could read everything else
        verify = _authorities() if encrypted else False
        try:
            async with (
                asyncio.timeout(self.seconds),
                httpx.AsyncClient(
                    timeout=self.seconds, follow_redirects=False, trust_env=encrypted, verify=verify
                ) as client,
                client.stream(
                    method, self.url + path, json=json, params=dict(query), headers=self._headers()
                ) as answer,
            ):
                return answer.status_code, answer.headers, await self._read(answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            reason = self._clean(str(error)) or type(error).__name__
            raise ForgeUnavailable(f"{self.name} gave no answer to {method} {path} ({reason})") from error

    async def _read(self, answer: httpx.Response) -> bytes:
        parts, size = [], 0
        async for part in answer.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > _MOST_BYTES:
                raise ForgeUnavailable(f"{self.name} answers more than {_MOST_BYTES} bytes")
        return b"".join(parts)

    def _headers(self) -> dict[str, str]:
        sent = {"User-Agent": "redtide", "Accept": "application/json", **self.headers}
        if self.token is not None and token_may_go_to(self.url):
            sent["Authorization"] = f"{self.scheme} {self.token.get_secret_value()}"
        return sent

    def _problem(self, status: int, headers: httpx.Headers, body: bytes) -> ForgeUnavailable | ForgeRefused:
        said = self._said(body)
        if status == 429 or (status == 403 and _limited(headers)):
            return ForgeUnavailable(f"{self.name} has reached its rate limit{_free_again(headers)}: {said}")
        if status >= 500:
            return ForgeUnavailable(f"{self.name} has an error of its own ({status}): {said}")
        if 300 <= status < 400:
            where = self._clean(headers.get("location", "another address"))
            return ForgeRefused(f"{self.name} redirects to {where}: correct api_url or project", status)
        return ForgeRefused(f"{self.name} refuses ({status}): {said}", status)

    def _said(self, body: bytes) -> str:
        """Return the error's text: GitHub's and Gitea's `message` with `errors`, GitLab's `message` or `error`."""
        try:
            read: object = TypeAdapter(dict[str, Any]).validate_json(body)
        except ValidationError:
            return self._clean(body[:300].decode(errors="replace"))
        assert isinstance(read, dict)
        parts = [*_texts(read.get("message") or read.get("error")), *_texts(read.get("errors"))]
        return self._clean("; ".join(parts)) or "no reason given"

    def _clean(self, text: str) -> str:
        token = self.token.get_secret_value() if self.token is not None else ""
        return sanitize.line(redact(text.replace(token, "[token]") if token else text), 200)


def _texts(said: object) -> list[str]:
    if isinstance(said, list):
        return [text for each in said[:5] for text in _texts(each)]
    if isinstance(said, dict):
        return _texts(said.get("message") or said.get("code") or list(said.values()))
    return [str(said)] if said else []


def _limited(headers: httpx.Headers) -> bool:
    return "retry-after" in headers or any(headers.get(name) == "0" for name in _HOURLY)


def _free_again(headers: httpx.Headers) -> str:
    """Return when the limit ends: a number of seconds, or a moment in seconds since 1970."""
    wait, at = headers.get("retry-after", ""), next((headers[name] for name in _RESETS if name in headers), "")
    if wait.isdecimal() and len(wait) < 7:
        return f", free again in {int(wait)} s"
    if at.isdecimal() and len(at) < 12:
        return f", free again at {datetime.fromtimestamp(int(at), UTC):%H:%M:%S} UTC"
    return ""
