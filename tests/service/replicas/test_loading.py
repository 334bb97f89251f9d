"""While modules are loaded nothing is looked for as garbage, and afterwards as before."""

import gc
from collections.abc import Iterator

import pytest

from service.replicas.loading import nothing_is_garbage


@pytest.fixture(autouse=True)
def looked_for() -> Iterator[None]:
    yield
    gc.enable()


def test_garbage_is_looked_for_again_when_loading_fails() -> None:
    seen = []

    def load() -> None:
        with nothing_is_garbage():
            seen.append(gc.isenabled())
            raise ImportError

    with pytest.raises(ImportError):
        load()
    assert seen == [False]
    assert gc.isenabled()


def test_where_it_was_not_looked_for_it_is_not_afterwards() -> None:
    gc.disable()
    with nothing_is_garbage():
        pass
    assert not gc.isenabled()
