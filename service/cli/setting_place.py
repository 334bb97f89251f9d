"""Where in the settings an error is, as people write it there, and what is known of that place."""

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


class Place(NamedTuple):
    """The names to a setting. `kinds` are those that an object there can be of, `meaning` is its description."""

    names: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    meaning: str = ""


def place_of(kind: type[BaseModel], place: Sequence[int | str]) -> Place:
    """Follow pydantic's place of an error. It also names the kind of an object, which nobody writes into its name."""
    here: Any = kind
    names: list[str] = []
    meaning = ""
    for part in place:
        members = _members(here)
        if part in members:
            here = members[str(part)]
            continue
        here, meaning = _below(here, part)
        if part != "[key]":
            names.append(str(part))
    return Place(tuple(names), tuple(_members(here)), meaning)


def _members(here: Any) -> dict[str, Any]:  # noqa: ANN401 (a type of any form)
    """The members of a union that a field tells apart, by their value of it."""
    if get_origin(here) is not Annotated:
        return {}
    union, *more = get_args(here)
    told_by = next((each.discriminator for each in more if isinstance(each, FieldInfo) and each.discriminator), None)
    if not isinstance(told_by, str):
        return {}
    return {tag: each for each in get_args(union) for tag in get_args(each.model_fields[told_by].annotation)}


def _below(here: Any, part: int | str) -> tuple[Any, str]:  # noqa: ANN401
    """The type of a part, and what its field means."""
    here = _plain(here)
    if isinstance(here, type) and issubclass(here, BaseModel):
        field = here.model_fields.get(str(part))
        annotated = Annotated[field.annotation, field] if field is not None and field.discriminator else None
        return (annotated or field.annotation, field.description or "") if field is not None else (None, "")
    inner = get_args(here)
    return (inner[-1] if get_origin(here) is dict else inner[0]) if inner else None, ""


def _plain(here: Any) -> Any:  # noqa: ANN401
    """Without `Annotated`, and the one that is not None of two."""
    if get_origin(here) is Annotated:
        return _plain(get_args(here)[0])
    if get_origin(here) in (Union, UnionType):
        others = [each for each in get_args(here) if each is not type(None)]
        return _plain(others[0]) if len(others) == 1 else here
    return None if get_origin(here) is Literal else here
