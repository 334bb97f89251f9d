"""What this service asks of Amazon SNS: certificates of its messages, and that a subscription is confirmed.

Nothing else is called, whatever a message says, and only for a topic that the operator has named.
"""

import asyncio
import logging
from collections.abc import Collection

import httpx

from service.intake.sns_message import SnsMessage
from tools.text.cache import Cache

_log = logging.getLogger(__name__)
_SECONDS = 5.0
_MOST_BYTES = 50_000
_AT_ONCE = 2
_CERTIFICATES = 20
_DAY = 86_400.0


class SnsUnreachable(Exception):
    """Amazon SNS did not answer; SNS sends its message again."""


class Sns:
    """Amazon SNS over HTTPS. Certificates are remembered for a day."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = transport
        self._certificates: Cache[str, bytes] = Cache(_CERTIFICATES, seconds=_DAY)
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def proven(self, message: SnsMessage, topics: Collection[str], *, token_shown: bool) -> bool:
        """Whether SNS signed it not long ago, about one of `topics` or by way of who showed a token.

        Raises SnsUnreachable.
        """
        address = message.certificate_address
        if address is None or not message.is_recent or not (token_shown or message.topic in topics):
            return False
        return message.signed_by(await self._certificate(address))

    async def confirm(self, message: SnsMessage) -> None:
        """Confirm the subscription that a proven message asks for. Raises SnsUnreachable."""
        address = message.confirm_address
        if address is None:
            _log.warning("a subscription is not confirmed: its address is not one of Amazon SNS for this topic")
            return
        await self._get(address)
        _log.info("subscribed to a topic of Amazon SNS")

    async def _certificate(self, address: str) -> bytes:
        known = self._certificates.get(address)
        if known is None:
            known = self._certificates.put(address, await self._get(address))
        return known

    async def _get(self, address: str) -> bytes:
        """The answer, if it is small and quick. Redirects are not followed: they lead elsewhere."""
        try:
            async with (
                asyncio.timeout(_SECONDS),  # first: who waits for his turn must not wait for ever
                self._turn,
                httpx.AsyncClient(transport=self._transport, follow_redirects=False, trust_env=True) as client,
                client.stream("GET", address) as answer,
            ):
                answer.raise_for_status()
                return await _small(answer)
        except (httpx.HTTPError, TimeoutError) as error:
            raise SnsUnreachable(type(error).__name__) from error


async def _small(answer: httpx.Response) -> bytes:
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        parts.append(part)
        size += len(part)
        if size > _MOST_BYTES:
            raise SnsUnreachable("the answer is too large")
    return b"".join(parts)
