"""Ray that does not start is one line."""

from pathlib import Path

import pytest

from incidents.errors import ClusterNotStarted
from service.cluster import proxy
from service.cluster.hosting import Hosting

# Ray's own modules warn when they are imported.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("The current node timed out during startup.", "Ray did not start in 30 s"),
        (
            "\nThe last 20 lines of /tmp/x/dashboard.log:\n    EOFError",
            "Ray's dashboard did not start; .*REDTIDE_DASHBOARD=false",
        ),
        ("No room\nfor it", "^Ray did not start: No room$"),
    ],
)
def test_what_ray_says_when_it_does_not_start_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, told: str
) -> None:
    from service.cluster import embedded

    def init(**_: object) -> None:
        raise Exception(said)

    for name in ("RAY_USAGE_STATS_ENABLED", proxy.VARIABLE, "RAY_worker_niceness"):
        monkeypatch.setenv(name, "0")  # so that it is set back as it was
    monkeypatch.setattr(embedded, "_refuse_open", lambda: None)
    monkeypatch.setattr("ray.init", init)
    with pytest.raises(ClusterNotStarted, match=told):
        embedded.start_ray(Hosting(), tmp_path)


@pytest.mark.parametrize(
    ("serve_begun", "deployed", "asked"),
    [
        (False, False, ["ray.shutdown"]),
        (True, False, ["serve.shutdown", "ray.shutdown"]),
        (True, True, ["serve.get_app_handle", "serve.delete", "serve.shutdown", "ray.shutdown"]),
    ],
)
def test_a_stop_asks_only_what_was_started(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    serve_begun: bool,
    deployed: bool,
    asked: list[str],
) -> None:
    from service.cluster import embedded

    done = []

    def recorder(name: str) -> None:
        def record(*_: object) -> None:
            done.append(name)
            if name == "serve.get_app_handle":
                raise TimeoutError

        monkeypatch.setattr(f"ray.{name}".replace("ray.ray.", "ray."), record)

    for name in ("serve.get_app_handle", "serve.delete", "serve.shutdown", "ray.shutdown"):
        recorder(name)
    monkeypatch.setattr("ray.is_initialized", lambda: True)
    embedded.stop_all(serve_begun=serve_begun, deployed=deployed)
    assert done == asked
    assert len(caplog.records) == int(deployed)
