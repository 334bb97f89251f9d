"""Searching all files of the deployed revision, over a real repository."""

from dataclasses import replace
from pathlib import Path

import pytest

from incidents.errors import ToolError
from tests.tools.source.deployments import deployment
from tools.source import code_search
from tools.source.code_search import search_code
from tools.source.deployed import Deployed

FILES: dict[str, str | bytes] = {
    "shop/cart.py": "RATE = 3\n\n\nclass Cart:\n    def total(self):\n        return self.net * RATE\n",
    "config/shop.yaml": "rate: 3\nRATE_LIMIT: 4\n",
    "docs/rates.md": "The RATE is three.\n",
    "logo.png": b"\x89PNG\0RATE",
}


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    """One deploy of code, settings, documents and a picture."""
    return deployment(tmp_path, [{"files": {"a.py": "RATE = 0\n"}}, {"files": {**FILES, "a.py": None}}])


def test_code_settings_and_documents_are_searched_as_deployed_and_documents_come_last(deployed: Deployed) -> None:
    assert search_code(deployed, "RATE").splitlines() == [
        "RATE: 4 lines in 3 files; searched 3 of 4 files (1 binary, too large or absent)",
        " config/shop.yaml",
        "      2 | RATE_LIMIT: 4",
        " shop/cart.py",
        "      1 | RATE = 3",
        "   in Cart.total",
        "      6 | return self.net * RATE",
        " docs/rates.md",
        "      1 | The RATE is three.",
    ]


def test_a_path_narrows_to_a_file_or_folder_and_one_that_is_not_there_is_refused(deployed: Deployed) -> None:
    assert "searched 1 files below shop" in search_code(deployed, "RATE", "shop/")
    assert "cart.py" not in search_code(deployed, "RATE", "config/shop.yaml")
    for path in ("../..", "/etc/passwd", ".git", "sho"):
        with pytest.raises(ToolError, match="no file or folder at the deployed revision"):
            search_code(deployed, "RATE", path)


def test_no_match_is_said_with_how_much_was_searched(deployed: Deployed) -> None:
    assert "no line matches in 3 of 4 files (1 binary, too large or absent)" in search_code(deployed, "refund")


def test_files_of_the_trace_come_first_and_the_rest_is_counted(tmp_path: Path) -> None:
    files = {f"part_{number}.py": "".join(f"total_{line} = 1\n" for line in range(40)) for number in range(30)}
    deployed = deployment(
        tmp_path, [{"files": {"x.py": "x\n"}}, {"files": files}], frames=[("part_7.py", 20)], room=900
    )
    text = search_code(deployed, "total_")
    assert text.splitlines()[1] == " part_7.py"
    assert "total_19 = 1" in text
    assert "… 28 more lines in this file" in text
    assert "part_10.py (40)" in text
    assert "more files; narrow by path" in text
    assert len(text) < 1_500


def test_a_search_that_is_used_up_says_so(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_search, "_MOST_LINES", 1)
    assert "searched 1 of 4 files (3 not reached)" in search_code(deployed, "RATE")


def test_with_the_files_that_are_only_counted_it_fits_into_the_room_there_is(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        f"shop/{'long' * 12}/part_{number}.py": "RATE = 1\n" * 4 for number in range(30)
    }
    shop = replace(deployment(tmp_path, [{"files": {"a.py": "a = 0\n"}}, {"files": files}]), room=1_500)
    text = search_code(shop, "RATE")
    assert len(text) <= shop.room
    assert "more files; narrow by path" in text
