"""What is stated, its figures, its word and its list agree, whatever was deployed and whatever the log holds."""

from pathlib import Path

import pytest

from graph.investigation import Investigation, investigate
from graph.ports import OneRepository
from graph.request import Request
from graph.state import Context
from incidents.alert import Alert
from incidents.verdict import STATED
from tests.repositories import Change, build
from tools.git.repository import Repository

Case = tuple[dict[str, str], dict[str, str], str]

KEY: Case = ({"tax.json": '{\n "DE": 19,\n "XK-2": 18\n}\n'}, {"tax.json": '{\n "DE": 19\n}\n'}, "KeyError: 'XK-2'")
PACKAGE: Case = (
    {"a.rb": "def sync\n  Soup.connect\nend\n", "Gemfile.lock": "GEM\n  specs:\n    soup (1.2.0)\n"},
    {"Gemfile.lock": "GEM\n  specs:\n    soup (2.0.0)\n"},
    "NoMethodError: undefined method `connect' for Soup:Module\n/gems/soup-2.0.0/lib/soup.rb:12:in `go'\n/app/a.rb:2:in `sync'\n",
)
LINE: Case = (
    {"a.go": "package a\n\nfunc First(r []int) int {\n\treturn r[0]\n}\n"},
    {"a.go": "package a\n\nfunc First(r []int) int {\n\treturn r[9]\n}\n"},
    "panic: runtime error: index out of range [9] with length 3\n\ngoroutine 1 [running]:\na.First(0xc0)\n\t/srv/a.go:4 +0x1c\n",
)
OLD: Case = (
    {"a.php": "<?php\nfunction total($cart) {\n  return $cart->sum();\n}\n"},
    {"b.php": "<?php\nfunction other() {\n}\n"},
    "PHP Fatal error:  Uncaught Error: Call to a member function sum() on null in /srv/a.php:3\nStack trace:\n#0 {main}\n"
    "  thrown in /srv/a.php on line 3",
)  # fmt: skip
HELLO: Case = ({"a.js": "1\n"}, {"a.js": "2\n"}, "hello")
FOREIGN: Case = (
    {"A.java": "class A {}\n"},
    {"A.java": "class A { int x; }\n"},
    "java.lang.IllegalStateException: closed\n\tat io.acme.pool.Pool.take(Pool.java:41)\n",
)
ALERT: Case = ({"a.py": "a = 1\n"}, {"a.py": "a = 2\n"}, "[FIRING:1] HighErrorRate checkout")
DISK: Case = ({"a.py": "a = 1\n"}, {"a.py": "a = 2\n"}, "OSError: [Errno 28] No space left on device: '/var/lib/x'")
CASES = {
    "key": KEY,
    "package": PACKAGE,
    "line": LINE,
    "old": OLD,
    "hello": HELLO,
    "foreign": FOREIGN,
    "alert": ALERT,
    "disk": DISK,
}


async def told(folder: Path, case: Case) -> tuple[Investigation, list[str]]:
    """The investigation of a deploy of five commits, the third of which makes the change; and their ids."""
    before, after, error = case
    quiet: list[Change] = [{"files": {f"mail{n}.py": f"def send{n}(to):\n    return to\n"}} for n in range(5)]
    _, shas = build(folder, [quiet[0], {"files": before}, quiet[1], quiet[2], {"files": after}, quiet[3], quiet[4]])
    alert = Alert(service="shop", stack_trace=error, repository="acme/shop", base=shas[1], deployed=shas[-1])
    context = Context(repositories=OneRepository(Repository.open(folder / "repository")))
    return await investigate(context, Request.about(alert)), shas[2:]


@pytest.mark.parametrize("name", CASES)
async def test_answer_figures_word_and_list_agree(tmp_path: Path, name: str) -> None:
    found, window = await told(tmp_path, CASES[name])
    verdict, none = found.verdict, found.evidence.none_probability
    best = max((each.probability for each in verdict.suspects), default=0.0)

    if verdict.outcome == "culprit":
        assert verdict.culprit == verdict.suspects[0].commit.sha
        assert verdict.confidence.probability == pytest.approx(best)
        assert best > none
    else:
        assert verdict.culprit is None
    if verdict.outcome == "none":
        assert none >= 2 * best
        assert found.evidence.instead
    if verdict.outcome not in STATED:
        assert verdict.confidence.word == "low"
    listed = [each.commit.sha for each in verdict.suspects] + [each.commit.sha for each in verdict.ruled_out]
    assert sorted(listed) == sorted(window)
    for suspect in verdict.suspects:
        assert len({str(reason) for reason in suspect.reasons}) == len(suspect.reasons)


@pytest.mark.parametrize("name", CASES)
async def test_nothing_is_called_untouched_that_a_suspect_touched(tmp_path: Path, name: str) -> None:
    found, _ = await told(tmp_path, CASES[name])
    reasons = [str(reason) for each in found.verdict.suspects for reason in each.reasons]
    for sentence in found.evidence.instead:
        if sentence.startswith("No commit of the deploy changed a line with"):
            names = sentence.split("`")[1::2]
            assert names
            assert not [reason for reason in reasons for named in names if f"`{named}`" in reason]


@pytest.mark.parametrize("name", ["hello", "foreign", "alert"])
async def test_without_code_and_without_a_telling_word_it_is_not_enough_to_tell(tmp_path: Path, name: str) -> None:
    found, _ = await told(tmp_path, CASES[name])
    assert found.verdict.outcome == "not_enough"
    assert found.evidence.missing
