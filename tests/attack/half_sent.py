"""Requests whose body never comes: the head, one byte, and then nothing."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

MOST_CONNECTIONS = 256


@asynccontextmanager
async def half_sent(
    port: int,
    path: str,
    headers: Mapping[str, str],
    connections: int = MOST_CONNECTIONS,
    *,
    announced: int = 100,
    sent: bytes = b"{",
    method: str = "POST",
) -> AsyncIterator[list[asyncio.StreamReader]]:
    """Open `connections` to 127.0.0.1, send `sent` of the `announced` bytes of a body; close them at the end."""
    assert connections <= MOST_CONNECTIONS
    head = _head(f"{method} {path} HTTP/1.1", {**headers, "Content-Length": str(announced)})
    opened = [await _half(port, head + sent) for _ in range(connections)]
    try:
        yield [reader for reader, _ in opened]
    finally:
        for _, writer in opened:
            writer.close()


def _head(request: str, headers: Mapping[str, str]) -> bytes:
    lines = [request, "Host: redtide", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


async def _half(port: int, sent: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    return reader, writer


async def status_of(reader: asyncio.StreamReader, seconds: float) -> int | None:
    """The status of the answer, or None when the connection is closed without one. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        line = await reader.readline()
    return int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else None
