"""A small real repository with one bad deploy, its trace, and what a scripted language model may say about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pygit2

from agents.case import Case, open_case
from agents.limits import Limits
from graph.ports import OneRepository
from graph.request import Request
from graph.state import Context
from incidents.alert import Alert
from incidents.evidence import Evidence
from models.door import LanguageModel
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

CART = """\
from shop.prices import price_of


class Cart:
    def __init__(self, items):
        self.items = items

    def total(self):
        return sum(price_of(item) for item in self.items)
"""
PRICES = """\
CATALOGUE = {"tea": 3}


def price_of(item):
    found = CATALOGUE.get(item)
    if found is None:
        return 0
    return found * 1
"""
BROKEN_PRICES = """\
CATALOGUE = {"tea": 3}


def price_of(item):
    found = CATALOGUE.get(item)
    return found * 1
"""
TRACE = """\
Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 9, in total
    return sum(price_of(item) for item in self.items)
  File "/srv/app/shop/cart.py", line 9, in <genexpr>
    return sum(price_of(item) for item in self.items)
  File "/srv/app/shop/prices.py", line 6, in price_of
    return found * 1
TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'
"""
RATINGS = [{"opinion": number, "grounded": 4, "causal": 4, "fair": 4} for number in range(1, 9)]


@dataclass(frozen=True)
class Shop:
    """The repository and the shas of its commits by name."""

    path: Path
    shas: Mapping[str, str]

    def context(self, model: LanguageModel | None = None, **limits: int) -> Context:
        """What is lent to an investigation."""
        allowed = Limits().model_copy(update=limits)
        lent = OneRepository(self.repository())
        return Context(repositories=lent, model=model, model_name="scripted", limits=allowed)

    def repository(self) -> Repository:
        """The repository, opened."""
        return Repository.open(self.path)

    def case(self, **limits: int) -> Case:
        """The case the agents are given."""
        repository, request = self.repository(), self.request()
        return open_case(
            self.evidence(),
            repository,
            Limits().model_copy(update=limits),
            raw_trace=request.text,
            service=request.service,
            environment=request.environment,
        )

    @property
    def culprit(self) -> str:
        """The commit that removed the guard."""
        return self.shas["guard"]

    def request(self, **changed: object) -> Request:
        """The incident."""
        revisions = {"base": self.shas["import"], "deployed": self.shas["readme"]}
        named = {name: value for name, value in changed.items() if name in Alert.model_fields}
        alert = {"service": "shop", "repository": "shop", "stack_trace": TRACE, **revisions, **named}
        given = {name: value for name, value in changed.items() if name not in named}
        return Request.about(Alert.model_validate(alert)).model_copy(update={"incident": "INC-1", **given})

    def evidence(self) -> Evidence:
        """What can be seen without a model."""
        return gather(self.repository(), self.shas["import"], self.shas["readme"], parse(TRACE))


def build_shop(folder: Path, bad_message: str = "prices: no special case for unknown items") -> Shop:
    """Four commits: import | cart: a comment, prices: the guard removed (the culprit), readme."""
    raw = pygit2.init_repository(str(folder), bare=True)
    files = {"shop/cart.py": CART, "shop/prices.py": PRICES, "README.md": "shop\n"}
    shas = {"import": commit(raw, files, "import", ())}
    files["shop/cart.py"] = CART + "\n    # What is to be paid.\n"
    shas["comment"] = commit(raw, files, "cart: say what it is", (shas["import"],))
    files["shop/prices.py"] = BROKEN_PRICES
    shas["guard"] = commit(raw, files, bad_message, (shas["comment"],))
    files["README.md"] = "shop, the shop\n"
    shas["readme"] = commit(raw, files, "readme: friendlier", (shas["guard"],))
    raw.references.create("refs/heads/main", shas["readme"])
    raw.set_head("refs/heads/main")
    return Shop(folder, shas)


def commit(raw: pygit2.Repository, files: Mapping[str, str], message: str, parents: Sequence[str]) -> str:
    """One commit of exactly these files; times follow the history."""
    index = pygit2.Index()
    for path, text in files.items():
        blob = raw.create_blob(text.encode())
        index.add(pygit2.IndexEntry(path, blob, pygit2.enums.FileMode.BLOB))
    tree = index.write_tree(raw)
    time = 1_700_000_000 + 60 * len(list(raw.walk(parents[0]) if parents else ()))
    author = pygit2.Signature("Ana", "ana@example.org", time, 0)
    oid = raw.create_commit(None, author, author, message, tree, [pygit2.Oid(hex=each) for each in parents])
    return str(oid)


def direct(caused: bool, probability: float | None = None) -> dict[str, Any]:
    """What the zero-shot SRE says."""
    said: dict[str, Any] = {"reason": 'found is None, so "found * 1" fails', "caused": caused}
    return said if probability is None else {**said, "$probability": probability}


def compared(answer: int) -> dict[str, Any]:
    """What one sample of the chain-of-thought SRE says: a commit's number, 0 for none, -1 for "cannot tell"."""
    return {"steps": ["it fails in price_of"], "conclusion": "the guard is gone", "answer": answer}


def plan(*steps: str) -> dict[str, Any]:
    """The developer's plan."""
    return {"goal": "follow price_of", "steps": list(steps) or ["read price_of"]}


def thought(tool: str = "", following: str = "", **fields: object) -> dict[str, Any]:
    """One thought of the developer, with a tool call or none; it goes on after a look, and has enough without one."""
    looks = [{"tool": tool, **fields}] if tool else []
    return {
        "thought": "price_of multiplies what it found",
        "looks": looks,
        "next": following or ("look" if tool else "enough"),
    }


def control(following: str = "continue", revised_step: str = "") -> dict[str, Any]:
    """The control point after a step."""
    return {"reason": "the line is there", "supported": True, "next": following, "revised_step": revised_step}


CHANGED = {"path": "shop/prices.py", "line": 6, "text": "if found is None:"}
STEPS = [
    {"path": "shop/prices.py", "line": 5, "function": "price_of", "says": "found is None for an unknown item"},
    {"path": "shop/prices.py", "line": 6, "function": "price_of", "says": "None is multiplied"},
]


def reflection(answer: str = "commit", commit: str = "1", **changed: object) -> dict[str, Any]:
    """The developer's conclusion: the commit that removed the guard, unless told otherwise."""
    named = answer == "commit"
    said = {
        "claim": "the removed guard lets None through",
        "defence": "unknown items may be new",
        "commit_is_innocent": False,
        "answer": answer,
        "commit": commit if named else "",
        "changed": CHANGED if named else {"path": "", "line": 0, "text": ""},
        "steps": STEPS,
        "mechanism": "price_of no longer handles an unknown item",
        "$probability": 0.05,
    }
    return {**said, **changed}


def inquiry(conclusion: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Everything the developer says in one inquiry, on the shortest way."""
    look = thought("function_source", "decided", name="price_of")
    return [plan(), look, conclusion or reflection()]


def judgement(decision: str, candidate: int = 0, **changed: object) -> dict[str, Any]:
    """What the SRE manager says."""
    said = {"scores": RATINGS, "reason": "the guard", "decision": decision, "candidate": candidate}
    return {**said, "ask": False, "question": "", **changed}


MESSAGE: dict[str, Any] = {
    "effect": "carts with unknown items cannot be paid",
    "why": ["price_of lost its guard for unknown items.", "The failing line multiplies None."],
    "next": "",
}


def script(shop: Shop) -> dict[str, Any]:
    """A team that agrees: the guard's removal did it. It is the first candidate."""
    guard = shop.shas["guard"]
    return {
        f"zero_shot/{guard}": direct(True, 0.9),
        "zero_shot": direct(False, 0.1),
        "chain_of_thought": compared(1),
        "developer": inquiry(),
        "judge": judgement("culprit", 1),
        "incident_manager": MESSAGE,
    }
