"""What constructions are given is found in one walk, however long or deep they are, and no more is looked at than allowed."""

import pytest
from tree_sitter import Node

from tools.source import constructions
from tools.source.constructions import Budget, Given, givens
from tools.source.parsed import parse

_LINKS = 400


def _given(source: str, *spans: tuple[int, int], budget: Budget | None = None) -> list[Given]:
    parsed = parse("shop/rows.py", source)
    assert parsed is not None
    return list(givens(parsed, spans, budget))


CHAIN = "x = (Order.builder()" + "".join(f".total(\n    {each})" for each in range(_LINKS)) + ")\n"
DEEP = "x = " + "".join(f"Order(id={each}, total=\n" for each in range(_LINKS)) + "find(c)" + ")" * _LINKS + "\n"


@pytest.mark.parametrize("source", [CHAIN, DEEP], ids=["chain", "deep"])
def test_no_node_is_looked_at_for_every_link_around_it(source: str) -> None:
    found = _given(source, (2, _LINKS), budget=(budget := Budget(1_000_000)))

    assert len(found) >= _LINKS
    assert {(each.owner, each.name) for each in found} <= {("Order", "total"), ("Order", "id")}
    assert 1_000_000 - budget.left < 30 * _LINKS


def test_a_long_chain_is_known_by_its_beginning_and_each_call_by_its_own_name() -> None:
    row = "".join(f".a{each}({each})" for each in range(40))

    first = _given(f"x = Order.builder(){row}.total(find(c))\n", (1, 1))[0]

    assert (first.owner, first.name) == ("Order", "total")


def test_the_names_of_what_is_called_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = list[str]()
    text = constructions._text

    def noted(node: Node) -> str:
        read.append(node.type)
        return text(node)

    monkeypatch.setattr(constructions, "_text", noted)

    _given(CHAIN, (1, _LINKS + 1))

    assert len(read) < 3 * _LINKS


def test_several_spans_are_one_walk() -> None:
    source = "".join(f"a{each} = Order(total={each})\n" for each in range(1, 10))

    assert [each.line for each in _given(source, (2, 3), (7, 7)) if each.name == "total"] == [2, 3, 7]


def test_a_spent_budget_ends_the_walk_of_the_next_file_too() -> None:
    source = "".join(f"a = Order(total={each})\n" for each in range(100))
    budget = Budget(150)

    assert len(_given(source, (1, 100), budget=budget)) < 100
    assert not _given(source, (1, 100), budget=budget)
