"""Recorded incidents: numbered folders that become real commits, with an alert, its log, and what must come out.

tests/incidents/<name>/ (those of `redtide demo`: service/demo_incident/<name>/)
  alert.json      the alert; `base` and `deployed` name commit folders; no `stack_trace`
  trace.txt       the log, as the alert's `stack_trace`
  commits/        one folder per commit (see service/demo_incident/build.py)
  expected.yaml   the truth: `outcome`, `culprit` (a commit folder), `innocent`, `reverts`; and `actual`, what
                  comes out today where that is not the truth: a pinned known-wrong case (see tests/pin.py)
  replies.yaml    what a scripted language model says, per agent; commit folders stand for shas and places
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml

from graph.request import Request
from incidents.alert import Alert
from incidents.frozen import Frozen
from incidents.verdict import Outcome, Verdict
from models.scripted import ScriptedModel
from service.demo_incident import SAMPLE, TIDE
from service.demo_incident.build import build_repository

_HERE = (
    alert.parent for alert in (Path(__file__).parent / "incidents").glob("*/alert.json")
)  # other folders are Python's
FOLDERS = (SAMPLE, *sorted((TIDE["rates"], *_HERE), key=lambda path: path.name))
RATINGS = [{"opinion": number, "grounded": 4, "causal": 4, "fair": 4} for number in range(1, 4)]


class Said(Frozen):
    """A verdict in names of commit folders; `first` is the best suspect."""

    outcome: Outcome
    culprit: str | None = None
    first: str | None = None


class Actual(Frozen):
    """What comes out today of a case that is got wrong: by evidence alone, and with agents that say the truth."""

    evidence: Said | None = None
    agents: Said | None = None


class Expected(Frozen):
    """What must come out."""

    about: str
    outcome: Outcome
    culprit: str | None
    innocent: tuple[str, ...] = ()
    reverts: Literal["clean", "conflicts"] | None = None
    actual: Actual | None = None


@dataclass(frozen=True)
class Recorded:
    """One recorded incident with its repository built."""

    folder: Path
    repository: Path
    shas: Mapping[str, str]

    @cached_property
    def expected(self) -> Expected:
        """What must come out, in names of commit folders."""
        return Expected.model_validate(yaml.safe_load((self.folder / "expected.yaml").read_text(encoding="utf-8")))

    @cached_property
    def alert(self) -> Alert:
        """The alert with its log and real revisions."""
        fields = json.loads((self.folder / "alert.json").read_text(encoding="utf-8"))
        revisions = {name: self.shas[fields[name]] for name in ("base", "deployed")}
        trace = (self.folder / "trace.txt").read_text(encoding="utf-8")
        return Alert.model_validate({**fields, **revisions, "stack_trace": trace})

    @property
    def request(self) -> Request:
        """What is investigated."""
        return Request.about(self.alert, incident="INC-test", revert_command="redtide revert INC-test")

    def said(self, verdict: Verdict) -> Said:
        """A verdict in names of commit folders."""
        first = verdict.suspects[0].commit.sha if verdict.suspects else None
        return Said(outcome=verdict.outcome, culprit=self.name(verdict.culprit), first=self.name(first))

    def right(self, said: Said) -> bool:
        """Whether that is the truth."""
        return (said.outcome, said.culprit) == (self.expected.outcome, self.expected.culprit)

    @property
    def base(self) -> str:
        """Last good revision."""
        return str(self.alert.base)

    @property
    def deployed(self) -> str:
        """Failing revision."""
        return str(self.alert.deployed)

    def sha(self, name: str | None) -> str | None:
        """The sha of a commit folder."""
        return None if name is None else self.shas[name]

    def name(self, sha: str | None) -> str | None:
        """The folder of a commit."""
        return next((name for name, known in self.shas.items() if known == sha), None)

    def model(self, suspects: Sequence[str]) -> ScriptedModel | None:
        """The scripted language model, or None without a script. `suspects` are the shas the agents will be shown."""
        file = self.folder / "replies.yaml"
        if not file.exists():
            return None
        return ScriptedModel(_script(yaml.safe_load(file.read_text(encoding="utf-8")), self.shas, suspects))


def load(folder: Path, target: Path) -> Recorded:
    """Build the incident's repository below `target`."""
    repository = target / f"{folder.name}.git"
    return Recorded(folder, repository, build_repository(folder / "commits", repository))


def _script(replies: dict[str, Any], shas: Mapping[str, str], suspects: Sequence[str]) -> dict[str, Any]:
    """Folders become shas; what an agent says of a folder by number becomes its place among the suspects (0 when not
    there)."""
    script: dict[str, Any] = {}
    for key, entry in replies.items():
        agent, _, folder = key.partition("/")
        script[f"{agent}/{shas[folder]}" if folder else agent] = entry

    def place(folder: object) -> int:
        return suspects.index(shas[folder]) + 1 if isinstance(folder, str) and shas[folder] in suspects else 0

    script["chain_of_thought"] = {**script["chain_of_thought"], "answer": place(script["chain_of_thought"]["answer"])}
    *inquiry, conclusion = script["developer"]
    script["developer"] = [*inquiry, {**conclusion, "commit": shas.get(conclusion["commit"], "")}]
    script["judge"] = {
        "scores": RATINGS,
        "ask": False,
        "question": "",
        **script["judge"],
        "candidate": place(script["judge"].get("candidate")),
    }
    return script
