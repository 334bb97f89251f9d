"""The schema a server is held to: bounded everywhere, in its order, without references."""

import json
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from agents import replies as agents_replies
from incidents.frozen import Frozen
from models.json_schema import json_schema_of, max_tokens_of
from models.schema import Dialect
from tests.models.replies import Everything, Judgement


class _Unbounded(Frozen):
    text: str


class _Endless(Frozen):
    lines: tuple[int, ...]


class _NoTop(Frozen):
    count: Annotated[int, Field(ge=0)]


class _AnyNumber(Frozen):
    share: float


class _AnyKeys(Frozen):
    table: dict[str, bool]


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    caused: bool


class _Nested(Frozen):
    inner: "_Nested | None"


@pytest.mark.parametrize("reply", [_Unbounded, _Endless, _NoTop, _AnyNumber, _AnyKeys, _Open, _Nested])
def test_what_has_no_bound_is_refused_by_name(reply: type[BaseModel]) -> None:
    with pytest.raises(TypeError, match=reply.__name__):
        json_schema_of(reply)


def test_fields_keep_their_order_and_are_all_required() -> None:
    schema = json_schema_of(Everything)
    assert list(schema["properties"]) == ["reason", "quote", "choice", "lines", "score", "caused"]
    assert schema["required"] == list(schema["properties"])
    assert schema["additionalProperties"] is False


def test_references_and_pydantic_keywords_are_gone() -> None:
    for dialect in Dialect:
        text = json.dumps(json_schema_of(Everything, dialect))
        assert not [key for key in ("$ref", "$defs", "oneOf", "discriminator", "title", "default", "x-") if key in text]


def test_a_pattern_never_stands_beside_a_length() -> None:
    def strings(schema: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        found = [schema] if isinstance(schema, dict) and schema.get("type") == "string" else []
        inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []
        return found + [each for value in inner for each in strings(value)]

    for dialect in Dialect:
        for each in strings(json_schema_of(Everything, dialect)):
            assert ("pattern" in each) + ("maxLength" in each) + ("const" in each) == 1


def test_the_longest_reply_fits_its_tokens() -> None:
    longest = {"reason": "\U0001f600" * 240, "caused": False}
    written = json.dumps(longest, ensure_ascii=False).encode()
    assert len(written) <= max_tokens_of(Judgement) <= len(written) + 40


@pytest.mark.parametrize(
    "reply",
    [each for each in vars(agents_replies).values() if isinstance(each, type) and issubclass(each, Frozen)],
    ids=lambda reply: reply.__name__,
)
def test_every_reply_of_the_agents_is_bounded(reply: type[Frozen]) -> None:
    if reply is Frozen or reply.__name__ == "Look":  # Look is made from a reply, never asked for
        return
    assert max_tokens_of(reply) < 12_288
