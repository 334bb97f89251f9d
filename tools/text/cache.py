"""What was worked out once and is kept for the next incident: bounded, the longest unused dropped first."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

from cachetools import LRUCache

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


_all: "list[Kept[Any, Any]]" = []


class Kept(Generic[Key, Value]):
    """Values by key, as many as have `room`, where each takes `size`. Keys must say everything the value depends on.

    Investigations run in threads side by side: two may work out the same value at once, and either is kept.
    """

    def __init__(self, room: float, size: Callable[[Value], float] = lambda _: 1.0) -> None:
        self._values: LRUCache[Key, Value] = LRUCache(room, getsizeof=size)
        self._size = size
        self._lock = Lock()
        _all.append(self)

    def get(self, key: Key) -> Value | None:
        """The value, if it is still there."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: Key, value: Value) -> Value:
        """Keep a value, which is given back; one that is larger than all the room is not kept."""
        with self._lock:
            if self._size(value) <= self._values.maxsize:
                self._values[key] = value
        return value

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._values.clear()


def forget_all() -> None:
    """Drop whatever any part of the program keeps, as when the process has just begun."""
    for kept in _all:
        kept.forget()
