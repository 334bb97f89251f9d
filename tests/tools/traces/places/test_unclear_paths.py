"""Which of several files a path means cannot be told from the path alone."""

import pytest

from incidents.trace import Failure, Frame, StackTrace
from tools.traces.places.paths import PathIndex, map_to_repository
from tools.traces.places.unclear_paths import Unclear, unclear_file

PATHS = (
    "services/billing/src/shop/total.py",
    "services/checkout/src/shop/total.py",
    "services/checkout/src/shop/cart.py",
    "services/checkout/src/__init__.py",
    "services/billing/other/__init__.py",
    "web/total.py",
)
BOTH = Unclear("shop/total.py", ("services/billing/src/shop/total.py", "services/checkout/src/shop/total.py"))


def unclear(*paths: str) -> Unclear | None:
    frames = tuple(Frame(path=path, line=1) for path in paths)
    index = PathIndex(PATHS)
    return unclear_file(
        map_to_repository(StackTrace(language="python", failures=(Failure(frames=frames),)), index), index
    )


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (("/app/shop/total.py",), BOTH),
        (("C:\\\\work\\\\shop\\\\total.py",), BOTH),
        (("/app/lib/mail.py", "/app/shop/total.py"), BOTH),
        (("/usr/lib/python3/site-packages/shop/total.py",), None),
        (("/app/total.py",), None),
        (("/app/checkout/src/shop/cart.py",), None),
        (("/app/services/billing/src/shop/total.py",), None),
        (("/app/shop/total.py", "/app/services/billing/src/shop/total.py"), None),
        ((), None),
        (("/",), None),
    ],
)
def test_a_path_is_unclear_when_files_of_several_folders_end_like_it(
    paths: tuple[str, ...], found: Unclear | None
) -> None:
    assert unclear(*paths) == found
