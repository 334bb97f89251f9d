"""SIGINT and SIGTERM: they stop the service, and the service alone stops Ray."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """The first signal interrupts the start or ends the service, further ones have no effect."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.starting = True

    def listen(self) -> None:
        """Take the signals from now on. Only for the main thread."""
        for number in _SIGNALS:
            signal.signal(number, self._handle)

    @contextmanager
    def handlers_restored(self) -> Iterator[None]:
        """Put back, at the end, what took the signals before."""
        before = _handlers()
        try:
            yield
        finally:
            _put_back(before)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        first = not self.asked.is_set()
        self.asked.set()
        if first and self.starting:
            raise KeyboardInterrupt


@contextmanager
def withheld() -> Iterator[None]:
    """Withhold the signals from every process that is started meanwhile, and keep the handlers that this process has set.

    Ray sets its own, which are kept where there was none: they end Ray, but not the service.

    Whoever stops a service signals its process group or control group (Ctrl-C, systemd, an init in a container): Ray's
    processes would end before the service, which needs them to finish what it has begun. A blocked signal stays
    blocked in the processes that are started, and in theirs. For this process it comes when the block ends.
    """
    if threading.current_thread() is not threading.main_thread():  # which alone may set handlers
        yield
        return
    before = _handlers()
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        _put_back({number: handler for number, handler in before.items() if callable(handler)})
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _handlers() -> dict[int, "signal._HANDLER"]:
    return {number: signal.getsignal(number) for number in _SIGNALS}


def _put_back(handlers: dict[int, "signal._HANDLER"]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)
