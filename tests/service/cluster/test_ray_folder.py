from pathlib import Path

import pytest

from incidents.errors import InputError
from service.cluster.hosting import Hosting
from service.cluster.ray_folder import ray_folder


@pytest.mark.parametrize(
    ("name", "said"),
    [("file", "cannot be used"), ("file/below", "cannot be used"), ("x" * 90, "must have at most")],
)
def test_a_folder_that_ray_cannot_use_is_one_line(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=f"^ray_folder: .*{said}"), ray_folder(Hosting(ray_folder=tmp_path / name)):
        pytest.fail("it was used")


def test_a_short_folder_is_made_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with ray_folder(Hosting(ray_folder=Path("short"))) as folder:
        assert folder == Path("short/r")
    assert (tmp_path / "short").stat().st_mode & 0o777 == 0o700
