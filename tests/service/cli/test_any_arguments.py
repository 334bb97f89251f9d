"""No combination of arguments ends in a traceback: every refusal is one line with status 2."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.cli.ran import RedTide
from tests.service.cli.shop_repository import OTHER, TRACE, shop

_ODD = (
    "",
    "-",
    "--",
    "..",
    "...",
    "~nobody",
    "a\0b",
    "\udcff",
    "HEAD",
    "HEAD~99999",
    "v1.0",
    "v1.1",
    ":/x",
    "@{-1}",
    "1",
    "0",
)
_NUMBERS = ("-1", "0", "1", "7", "99999999999999999999", "x", "")
_FLAGS = ("--json", "--all", "--exit-code", "--no-model")
_VALUES = {
    "--repo": (".", "shop", "/nowhere", *_ODD),
    "--base": _ODD,
    "--deployed": _ODD,
    "--since": ("2h", "1m", "9999999w", "yesterday", "0001-01-01", "9999-12-31T23:59:59Z", *_ODD),
    "--last": _NUMBERS,
    "--trace": ("../error.log", "../empty", "../binary", "../map.json", "/nowhere", "/", "/dev/null", *_ODD),
    "--error": _NUMBERS,
    "--root": ("shop", "/", "../..", *_ODD),
    "--source-map": ("../map.json", "../error.log", "..", "/dev/null", *_ODD),
    "--service": ("checkout", "x" * 201, *_ODD),
    "--environment": ("staging", *_ODD),
    "--first-seen": ("2026-11-23T10:50:00Z", "2026-11-23", "soon", "9999-12-31T23:59:59Z", *_ODD),
    "--format": ("terminal", "markdown", "slack", "json", "pdf"),
    "--weights": ("../weights.json", "../error.log", "/nowhere", *_ODD),
    "--store": ("sqlite:///../gone.sqlite3", "sqlite:///../error.log", "mysql://x", *_ODD),
    "--config": ("../error.log", "../config.yaml", "/nowhere", *_ODD),
    "--most": _NUMBERS,
    "--model-url": ("ftp://x", *_ODD),
    "--model": ("llama", ""),
}
_SKIPPED = {
    "investigate": ("--most",),
    "blame": ("--base", "--since", "--last", "--service", "--environment", "--store"),
}


def _options(command: str) -> st.SearchStrategy[list[str]]:
    names = sorted(name for name in _VALUES if name not in _SKIPPED[command])
    valued = st.sampled_from(names).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(_VALUES[name])))
    some = st.lists(st.one_of(valued, st.tuples(st.sampled_from(_FLAGS)), st.tuples(st.sampled_from(_ODD))), max_size=5)
    return some.map(lambda groups: [word for group in groups for word in group])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    built = shop(tmp_path)
    (tmp_path / "error.log").write_text(TRACE + OTHER)
    (tmp_path / "empty").write_text("")
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    (tmp_path / "map.json").write_text('{"version": 3, "sources": [], "mappings": "AAAA;;;;"}')
    (tmp_path / "weights.json").write_text('{"signals": {}, "none": {}}')
    (tmp_path / "config.yaml").write_text("applications: [{name: redtide, args: 7}]")
    monkeypatch.chdir(built.path)
    return tmp_path


@pytest.mark.parametrize("command", ["investigate", "blame"])
def test_no_arguments_end_in_a_traceback(command: str, redtide: RedTide, folder: Path) -> None:
    @settings(max_examples=int(os.environ.get("REDTIDE_EXAMPLES", "60")), suppress_health_check=list(HealthCheck))
    @given(_options(command), st.booleans())
    def tried(options: list[str], log: bool) -> None:
        ran = redtide(command, *options, *(["--trace", "../error.log"] if log else []))
        assert ran.status in (0, 1, 2, 3, 4), ran
        if ran.status == 2:
            assert ran.out == ""
            *_, said = ran.err.rstrip("\n").split("\n")
            assert said.startswith((f"redtide {command}: error: ", "redtide: error: ")), ran.err
            assert said.isprintable()

    tried()
