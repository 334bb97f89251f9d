"""Programs deployed from folders of a repository."""

import pytest

from incidents.trace import Failure, Frame, StackTrace
from tools.traces.places.deploy_roots import folder_of, placed_below

PATHS = (
    "libs/money.py",
    "services/billing/src/total.py",
    "services/checkout/src/total.py",
    "services/checkout/src/cart.py",
)


def trace(*paths: str) -> StackTrace:
    return StackTrace(language="python", failures=(Failure(frames=tuple(Frame(path=path, line=1) for path in paths)),))


def placed(roots: list[str], *paths: str) -> list[str]:
    return [frame.path for failure in placed_below(trace(*paths), roots, PATHS).failures for frame in failure.frames]


def test_a_file_below_the_root_is_meant() -> None:
    assert placed(["services/checkout"], "/app/src/total.py") == ["services/checkout/src/total.py"]


def test_each_frame_takes_the_first_root_that_has_its_file() -> None:
    found = placed(["services/billing", "services/checkout"], "/app/src/total.py", "/app/src/cart.py")
    assert found == ["services/billing/src/total.py", "services/checkout/src/cart.py"]


def test_what_no_root_has_stays_as_it_was_printed() -> None:
    assert placed(["services/checkout"], "/app/libs/money.py", "", "/usr/lib/python3/json.py") == [
        "/app/libs/money.py",
        "",
        "/usr/lib/python3/json.py",
    ]


@pytest.mark.parametrize(
    "root", ["services/checkout", "./services/checkout/", "services\\checkout", "/services//checkout"]
)
def test_a_root_is_written_in_many_ways(root: str) -> None:
    assert folder_of(root) == "services/checkout"
