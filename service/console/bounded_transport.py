"""HTTP to the provider of single sign-on: no redirect is followed, nothing is longer than it may be, and it ends in time."""

from collections.abc import AsyncIterator

import httpx2

SECONDS = 10.0
MOST_BYTES = 256 * 1024


class TooLong(httpx2.TransportError):
    """An answer that is longer than any provider's would be."""


class BoundedTransport(httpx2.AsyncBaseTransport):
    """Refuses answers of more than `MOST_BYTES`, and compressed ones: nobody knows how long those are."""

    def __init__(self) -> None:
        self._inner = httpx2.AsyncHTTPTransport(retries=0)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request. Raises TransportError."""
        request.headers["Accept-Encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            await answer.aclose()
            raise TooLong("the answer is compressed, which was not asked for")
        assert isinstance(answer.stream, httpx2.AsyncByteStream)
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=_Bounded(answer.stream))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._stream:
            read += len(part)
            if read > MOST_BYTES:
                raise TooLong(f"the answer is longer than {MOST_BYTES} bytes")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
