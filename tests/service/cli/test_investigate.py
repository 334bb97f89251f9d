import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from incidents.verdict import Outcome
from service.cli.store_option import DEFAULT_STORE
from service.settings import Settings
from tests.recorded import Recorded
from tests.service.cli.ran import RedTide

NEVER = ("ray", "fastapi", "sqlalchemy", "openai", "uvicorn", "starlette")


def _options(sample: Recorded, log: str, **changes: str) -> list[str]:
    """The options of an ordinary call, some of them changed."""
    options = {"repo": str(sample.repository), "base": "01-shop", "deployed": "main", "trace": log} | changes
    return ["investigate", *(part for name, value in options.items() for part in (f"--{name}", value)), "--no-model"]


def test_json_is_one_object_that_holds_every_commit_once(redtide: RedTide, sample: Recorded, trace_file: str) -> None:
    ran = redtide(*_options(sample, trace_file), "--json")
    told = json.loads(ran.out)

    assert ran.status == 0
    assert ran.err == ""
    assert told["outcome"] in get_args(Outcome)
    assert (told["culprit"] is not None) == (told["outcome"] == "culprit")
    assert set(told["confidence"]) == {"probability", "word", "basis"}
    assert {"commit", "probability", "reasons", "subject", "author"} <= set(told["suspects"][0])
    assert {"commit", "reason"} <= set(told["ruled_out"][0])
    commits = [each["commit"] for each in told["suspects"] + told["ruled_out"]]
    assert sorted(commits) == sorted(sha for name, sha in sample.shas.items() if name != "01-shop")
    probabilities = [each["probability"] for each in told["suspects"]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert 0 < told["seconds"] < 60
    assert (told["base"], told["deployed"]) == (sample.base, sample.deployed)
    assert told["mode"] == "evidence"
    assert (told["exception"], told["message"]) == ("Error", "Call to a member function total() on null")
    assert told["frames"][0]["repo_path"] == "src/Cart/CheckoutController.php"


def test_without_json_it_prints_the_message(redtide: RedTide, sample: Recorded, trace_file: str) -> None:
    ran = redtide(*_options(sample, trace_file), "--service", "checkout")

    assert ran.status == 0
    assert "Call to a member function total() on null" in ran.out
    assert "confidence" in ran.out
    assert "checkout" in ran.out
    assert "\x1b" not in ran.out


def test_without_a_word_about_a_model_it_says_that_it_used_none(
    redtide: RedTide, sample: Recorded, trace_file: str
) -> None:
    ran = redtide(*_options(sample, trace_file)[:-1])

    assert ran.status == 0
    assert "evidence only" in ran.err
    assert "--model-url" in ran.err


def test_the_trace_may_come_from_standard_input(redtide_piped: RedTide, sample: Recorded, trace_file: str) -> None:
    ran = redtide_piped(*_options(sample, "-"), "--json", stdin=Path(trace_file).read_bytes())

    assert json.loads(ran.out)["exception"] == "Error"


def test_a_trace_of_another_language_is_a_verdict(redtide: RedTide, sample: Recorded, tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    trace.write_text('Traceback (most recent call last):\n  File "/srv/x/y.py", line 3, in f\nKeyError: 3\n')
    ran = redtide(*_options(sample, str(trace)), "--json")

    assert ran.status == 0
    assert json.loads(ran.out)["outcome"] == "not_enough"


@pytest.mark.parametrize(
    "text", ["hello\n", "SomeError: it failed\n", "TypeError: null\n    at go (/usr/lib/x/y.js:3:4)\n"]
)
def test_without_any_code_of_the_repository_it_says_what_is_missing_and_lists_the_commits(
    redtide: RedTide, sample: Recorded, tmp_path: Path, text: str
) -> None:
    trace = tmp_path / "trace.txt"
    trace.write_text(text)
    told = json.loads(redtide(*_options(sample, str(trace)), "--json").out)
    shown = redtide(*_options(sample, str(trace))).out

    assert (told["outcome"], told["culprit"], told["confidence"]["word"]) == ("not_enough", None, "low")
    assert told["seen"]["visibility"] in ("nothing", "message", "library")
    assert shown.startswith("Not enough to tell · ")
    assert "Too little could be seen to tell: " in " ".join(shown.split())
    assert f"of {len(sample.shas) - 1} commits worth a look" in shown
    assert "confidence" not in shown
    assert "\n  Give " in shown


def test_ten_megabytes_of_log_still_work(redtide: RedTide, sample: Recorded, trace_file: str, tmp_path: Path) -> None:
    noise = "2025-11-18T10:00:00Z INFO served /checkout in 12 ms\n" * 100_000
    log = tmp_path / "big.log"
    log.write_text(noise + noise + Path(trace_file).read_text())
    assert log.stat().st_size > 10_000_000

    ran = redtide(*_options(sample, str(log)), "--json")

    assert ran.status == 0
    assert json.loads(ran.out)["exception"] == "Error"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"repo": "/nowhere/at/all"}, r"--repo: .*"),
        ({"base": "v0.0.1"}, r"--base: .*v0\.0\.1.*"),
        ({"deployed": "0123456789012345678901234567890123456789"}, r"--deployed: .*"),
        ({"base": "main"}, r"--base: the window is empty: main and main are the same commit \w{12}; .*"),
        ({"base": "main", "deployed": "01-shop"}, r"--base: .*not an ancestor.*swapped; give --base 01-shop .*"),
        ({"trace": "/nowhere/trace.txt"}, r"--trace: .*No such file.*"),
        ({"trace": "/"}, r"--trace: .*[Dd]irectory.*"),
        ({"trace": "/dev/null"}, r"--trace: .*empty.*"),
        ({"trace": sys.executable}, r"--trace: .*not text.*"),
        ({"base": "a\nb\x1b[31m"}, r"--base: .*"),
        ({"trace": "nul\0byte"}, r"--trace: .*"),
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(
    redtide: RedTide, sample: Recorded, trace_file: str, changes: dict[str, str], said: str
) -> None:
    ran = redtide(*_options(sample, trace_file, **changes))

    assert ran.status == 2
    assert ran.out == ""
    assert re.fullmatch(rf"redtide investigate: error: {said}\n", ran.err)
    assert "\x1b" not in ran.err


def test_a_model_needs_address_and_name(redtide: RedTide, sample: Recorded, trace_file: str) -> None:
    options = _options(sample, trace_file)[:-1]

    assert "--model: missing" in redtide(*options, "--model-url", "http://127.0.0.1:9/v1").err
    assert "--model-url: missing" in redtide(*options, "--model", "llama").err
    assert "no http(s) address" in redtide(*options, "--model", "llama", "--model-url", "file:///x").err
    assert "--no-model" in redtide(*options, "--model", "llama", "--no-model").err


def test_a_shallow_clone_gets_the_remedy(redtide: RedTide, sample: Recorded, trace_file: str, tmp_path: Path) -> None:
    clone = tmp_path / "shallow"
    subprocess.run(["git", "clone", "--quiet", "--depth", "2", f"file://{sample.repository}", str(clone)], check=True)
    ran = redtide(*_options(sample, trace_file, repo=str(clone), base=sample.base, deployed="HEAD"))

    assert ran.status == 2
    assert "unshallow" in ran.err


def test_a_model_that_is_down_still_gives_a_verdict(redtide: RedTide, sample: Recorded, trace_file: str) -> None:
    options = _options(sample, trace_file)[:-1]
    ran = redtide(*options, "--model-url", "http://127.0.0.1:9/v1", "--model", "llama", "--json")
    told = json.loads(ran.out)

    assert ran.status == 0
    assert told["mode"] == "evidence"
    assert all(opinion["abstained"] for opinion in told["opinions"])


MODULES = "what is imported: "
EACH = f"""
import json, sys
from service.cli import main

for words in json.load(sys.stdin):
    main(words)
    print("{MODULES}", *sys.modules, file=sys.stderr)
"""


def test_an_evidence_verdict_needs_neither_ray_nor_a_store_nor_a_model_client(
    sample: Recorded, trace_file: str, tmp_path: Path
) -> None:
    bare = ["--repo", str(sample.repository), "--trace", trace_file]
    ran = subprocess.run(
        [sys.executable, "-c", EACH],
        input=json.dumps([["investigate", *bare], ["blame", *bare], _options(sample, trace_file)]),
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("REDTIDE_")}
        | {"PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )

    first, *others = (set(line.split()) for line in ran.stderr.splitlines() if line.startswith(MODULES))
    assert len(others) == 2
    assert all("service.cli" in imported and not set(NEVER) & imported for imported in (first, *others))
    assert "service.settings" not in first


def test_the_store_in_this_folder_is_the_one_of_the_settings() -> None:
    assert Settings.model_fields["store_url"].default == f"sqlite:///{DEFAULT_STORE}"
