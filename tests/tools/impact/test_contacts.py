"""How a commit meets a frame of the trace."""

from pathlib import Path

import pytest

from tests.repositories import build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

CART = "function total(cart, rate) {{\n  return cart.sum\n{line}\n}}\nmodule.exports = total\n"
TRACE = "TypeError: Cannot mix BigInt and other types\n    at total (/srv/app/lib/cart.js:3:7)\n    at serve (/srv/app/lib/index.js:9:3)\n"


@pytest.mark.parametrize(
    ("line", "is_code"), [("    * rate", True), ("    /* why */ * rate", True), ("    // why", False)]
)
def test_the_line_that_failed_is_no_middle_of_a_comment(tmp_path: Path, line: str, is_code: bool) -> None:
    files = ({"lib/cart.js": CART.format(line=each)} for each in ("    * 2", line))
    built = build(tmp_path, [{"files": each} for each in files])
    found = gather(Repository.open(built.path), built.shas[0], built.shas[1], parse(TRACE))
    signals = {signal.name for suspect in found.suspects for signal in suspect.signals}
    assert ("wrote_any_new_line" in signals) is is_code
    assert ("cosmetic" in signals) is not is_code
