import asyncio
import json
from pathlib import Path

import pytest

from agents.prompt_files import prompts_in, shipped_prompts
from incidents.errors import InputError
from service.settings import Settings
from service.store.store import Store
from tests.service.cli.ran import RedTide
from tests.service.rescoring.investigated import investigated
from tests.shop import build_shop

ONE_DATABASE = True


def test_the_prompts_are_listed_with_their_version(redtide: RedTide) -> None:
    listed = redtide("prompts", "list")
    assert listed.out.startswith("version ")
    assert "zero_shot.md" in listed.out


def test_a_folder_of_prompts_is_shown_as_a_difference(redtide: RedTide, tmp_path: Path) -> None:
    shipped = shipped_prompts()["zero_shot.md"]
    (tmp_path / "zero_shot.md").write_text(shipped, encoding="utf-8")
    assert redtide("prompts", "diff", str(tmp_path)).status == 1
    (tmp_path / "zero_shot.md").write_text(shipped + "Be brief.\n", encoding="utf-8")
    shown = redtide("prompts", "diff", str(tmp_path))
    assert shown.status == 0
    assert "+Be brief." in shown.out


def test_a_file_that_is_no_prompt_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zero.md").write_text("?")
    with pytest.raises(InputError, match=r"zero.md is no prompt; the names are"):
        prompts_in(tmp_path)


async def test_what_the_agents_would_be_asked_is_shown(
    redtide: RedTide, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = build_shop(settings.repositories["shop"])
    (incident,) = await investigated(store, settings, shop)
    monkeypatch.setenv("REDTIDE_REPOSITORIES", json.dumps({"shop": str(settings.repositories["shop"])}))
    monkeypatch.setenv("REDTIDE_STORE_URL", settings.store_url)
    shown = await asyncio.to_thread(redtide, "prompts", "render", incident)
    for agent in ("zero_shot", "chain_of_thought", "developer"):
        assert f"===== {agent} =====" in shown.out
    assert "found * 1" in shown.out
