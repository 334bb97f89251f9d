"""`python -m benchmarks.stated` on a small repository whose fix names the culprit in its message."""

import json
from pathlib import Path

from benchmarks import stated
from tests.repositories import Change, build, extend, git
from tools.git.repository import Repository

CULPRIT, FIX = 12, 30
QUOTED = "> TypeError: total is not a function\n>     at price (src/price.js:1:1)\n"


def _labelled(tmp_path: Path) -> tuple[list[str], Path]:
    changes: list[Change] = [{"files": {"src/price.js": f"total({number})\n"}} for number in range(FIX)]
    _, shas = build(tmp_path, changes, name="acme+shop.git")
    message = f"Fix the price\n\nBroken since {shas[CULPRIT]}:\n{QUOTED}"
    fix: list[Change] = [{"files": {"src/price.js": "0\n"}, "message": message}]
    shas += extend(tmp_path / "acme+shop.git", fix)
    start = message.index(QUOTED)
    label = {
        **{"repo": "acme/shop", "fix": shas[FIX], "culprit": shas[CULPRIT], "text": [start, start + len(QUOTED)]},
        **{"language": "javascript", "cause_kind": "code", "certainty": "stated", "why_sure": "The fix names it."},
    }
    labels = tmp_path / "labels.jsonl"
    labels.write_text(json.dumps(label) + "\n", encoding="utf-8")
    return shas, labels


def test_a_label_becomes_a_window_with_the_culprit_and_a_later_one_without_it(tmp_path: Path) -> None:
    shas, labels = _labelled(tmp_path)
    out = tmp_path / "incidents.jsonl"

    stated.main([str(labels), "--repos", str(tmp_path), "--out", str(out)])

    guilty, innocent = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert guilty["culprit"] == innocent["true_origin"] == shas[CULPRIT]
    assert shas[CULPRIT] in guilty["window"]
    assert innocent["culprit"] is None
    assert set(innocent["window"]) <= set(shas[CULPRIT + 1 : FIX])
    for incident in (guilty, innocent):
        at = shas.index(incident["deployed"])
        assert incident["window"] == shas[shas.index(incident["base"]) + 1 : at + 1]
        assert incident["trace"] == "TypeError: total is not a function\n    at price (src/price.js:1:1)"
        assert incident["quality"] == "cut"


def test_a_culprit_that_a_merge_brought_is_the_merge_and_a_fix_before_the_culprit_is_no_label(tmp_path: Path) -> None:
    shas, _ = _labelled(tmp_path)
    folder = tmp_path / "acme+shop.git"
    git(folder, "checkout", "-q", "-b", "side", shas[5])
    git(folder, "commit", "-q", "--allow-empty", "-m", "the culprit")
    inner = git(folder, "rev-parse", "HEAD")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = git(folder, "rev-parse", "HEAD")
    git(folder, "commit", "-q", "--allow-empty", "-m", "the fix")
    repository = Repository.open(folder)
    fix = git(folder, "rev-parse", "HEAD")

    found = stated.span(repository, stated.line_of(repository, fix), fix, inner)

    assert found is not None
    assert found.line[found.culprit] == merge
    assert stated.span(repository, stated.line_of(repository, fix), shas[3], fix) is None


def test_windows_go_from_one_release_to_the_next(tmp_path: Path) -> None:
    shas, labels = _labelled(tmp_path)
    folder, out = tmp_path / "acme+shop.git", tmp_path / "incidents.jsonl"
    for name, at in (("v1", 3), ("v2", CULPRIT - 4), ("v3", CULPRIT + 5), ("v4", FIX - 2)):
        git(folder, "tag", name, shas[at])
    git(folder, "checkout", "-q", "-b", "release", shas[CULPRIT + 5])
    git(folder, "commit", "-q", "--allow-empty", "-m", "a release of its own branch")
    git(folder, "tag", "v3.1")
    git(folder, "checkout", "-q", "main")

    stated.main([str(labels), "--repos", str(tmp_path), "--out", str(out), "--releases"])

    guilty, innocent = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert (guilty["base"], guilty["deployed"]) == (shas[CULPRIT - 4], shas[CULPRIT + 5])
    assert guilty["culprit"] == shas[CULPRIT]
    assert (innocent["base"], innocent["deployed"]) == (shas[CULPRIT + 5], shas[FIX - 2])
    assert innocent["culprit"] is None


def test_what_was_never_released_is_the_state_before_the_fix(tmp_path: Path) -> None:
    shas, labels = _labelled(tmp_path)
    out = tmp_path / "incidents.jsonl"

    stated.main([str(labels), "--repos", str(tmp_path), "--out", str(out), "--releases"])

    (guilty,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert guilty["deployed"] == shas[FIX - 1]
    assert shas[CULPRIT] in guilty["window"]
