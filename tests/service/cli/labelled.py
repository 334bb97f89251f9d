"""Labelled incidents with real repositories, for the commands that read them."""

import json
from pathlib import Path

from tests.recorded import FOLDERS, Recorded, load

CULPRIT = "java-guard-removed"
NOBODY = "rates_down"


def _case(recorded: Recorded, repo: str) -> dict[str, object]:
    return {
        "id": recorded.folder.name,
        "repo": repo,
        "language": "any",
        "base": recorded.base,
        "deployed": recorded.deployed,
        "culprit": recorded.sha(recorded.expected.culprit),
        "trace": recorded.alert.stack_trace,
    }


def labelled_folder(tmp_path: Path) -> Path:
    """Two repositories in two layouts, and labelled cases: two good ones, one without repository, two broken."""
    folders = {path.name: path for path in FOLDERS}
    layouts = {CULPRIT: tmp_path / "repos" / "acme+labels" / "repo", NOBODY: tmp_path / "repos" / "acme" / "rates"}
    cases: list[dict[str, object]] = []
    for name, place in layouts.items():
        recorded = load(folders[name], tmp_path / "built")
        place.parent.mkdir(parents=True, exist_ok=True)
        recorded.repository.rename(place)
        cases.append(_case(recorded, "acme/labels" if name == CULPRIT else "acme/rates"))
    cases.append({**cases[0], "id": "gone", "repo": "acme/unknown"})
    cases.append({**cases[0], "id": "no-revision", "deployed": "0" * 40})
    lines = [*(json.dumps(case) for case in cases), "{not json", '{"id": "half"}', ""]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines))
    return tmp_path
