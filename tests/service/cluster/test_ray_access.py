import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from incidents.errors import InputError
from service.cluster.hosting import Hosting
from service.cluster.local import running
from service.cluster.ports import free_port
from service.cluster.ray_access import LOOPBACK, MODE, PATIENCE, TOKEN, TOKEN_PATH, close_to_others, notice_loss_soon
from service.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine whose owner has not thought of Ray at all."""
    for name in (TOKEN, TOKEN_PATH, MODE, LOOPBACK, PATIENCE):
        monkeypatch.setenv(name, "")  # so that it is set back as it was
        monkeypatch.delenv(name)


def test_every_run_has_a_token_of_its_own() -> None:
    close_to_others()
    first = os.environ.pop(TOKEN)
    close_to_others()
    assert len(first) == 64
    assert os.environ[TOKEN] not in ("", first)
    assert (os.environ[MODE], os.environ[LOOPBACK]) == ("token", "0")


@pytest.mark.parametrize("mode", ["disabled", "", "TOKEN"])
def test_a_mode_that_is_set_already_opens_nothing(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv(MODE, mode)
    close_to_others()
    assert os.environ[MODE] == "token"


def test_a_token_of_the_operator_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("b" * 40 + "\n")
    monkeypatch.setenv(TOKEN_PATH, str(file))
    close_to_others()
    assert os.environ[TOKEN] == "b" * 40
    monkeypatch.setenv(TOKEN, "a" * 40)
    close_to_others()
    assert os.environ[TOKEN] == "a" * 40


def test_a_token_that_cannot_be_used_is_named_and_not_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(TOKEN_PATH, str(tmp_path / "gone"))
    with pytest.raises(InputError, match=rf"^{TOKEN_PATH}: cannot read"):
        close_to_others()
    monkeypatch.setenv(TOKEN, "too-short")
    with pytest.raises(InputError, match=rf"^{TOKEN}: .* 16 characters") as refused:
        close_to_others()
    assert "too-short" not in str(refused.value)


def test_the_loss_of_an_own_cluster_is_noticed_soon_unless_the_operator_is_more_patient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notice_loss_soon()
    assert os.environ[PATIENCE] == "15"
    monkeypatch.setenv(PATIENCE, "90")
    notice_loss_soon()
    assert os.environ[PATIENCE] == "90"


def hosting(**fields: object) -> Hosting:
    ports = {name: free_port() for name in ("port", "metrics_port", "dashboard_port")}
    return Hosting.model_validate(ports | fields)


def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o755)
    with (
        pytest.raises(InputError, match=r"^ray_folder: others may enter"),
        running(Settings(), hosting(ray_folder=folder)),
    ):
        pass
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


RAY_FIRST = """
import ray
from incidents.errors import ClusterNotStarted
from service.cluster.local import running
from service.cluster.hosting import Hosting
from service.settings import Settings
try:
    with running(Settings(), Hosting()):
        print("open")
except ClusterNotStarted as error:
    print(error)
"""


@pytest.mark.ray
def test_a_cluster_that_would_be_open_is_not_started(tmp_path: Path) -> None:
    """Ray reads its mode when it is imported: whoever imported it too early would leave it without a token."""
    ports = {f"REDTIDE_{name}": str(free_port()) for name in ("PORT", "METRICS_PORT", "DASHBOARD_PORT")}
    ours = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    done = subprocess.run(
        [sys.executable, "-c", RAY_FIRST], env=ours | ports, capture_output=True, text=True, check=True
    )
    assert "Ray was imported before its token was set" in done.stdout
