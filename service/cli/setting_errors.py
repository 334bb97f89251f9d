"""What is wrong with a setting, in one line: its name, where it stands, what to write."""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails
    from pydantic_settings import BaseSettings

_PREFIX: Final = "REDTIDE_"
_MOST: Final = 3
_WORDS: Final = {
    "missing": "is missing; add it",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "path_type": "must be a path",
    "dict_type": 'must be an object, such as {{"name": "value"}}',
    "model_type": "must be an object with the fields of `redtide settings`",
    "model_attributes_type": "must be an object with the fields of `redtide settings`",
    "list_type": 'must be a list, such as ["value"]',
    "tuple_type": 'must be a list, such as ["value"]',
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_too_short": "needs at least {min_length} characters",
    "string_too_long": "may have at most {max_length} characters",
    "too_short": "needs at least {min_length} entries",
    "too_long": "may have at most {max_length} entries",
    "string_pattern_mismatch": "must be of the form {pattern}",
    "union_tag_not_found": "needs {discriminator}",
    "union_tag_invalid": "has a {discriminator} that is unknown",
}
"""What to write, by pydantic's type of the error; its own words are those of a library."""


def line_of(error: Exception, kind: "type[BaseSettings]", given: Mapping[str, Any]) -> str:
    """The line for an error of the settings `kind`; `given` are the fields that do not come from the environment."""
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        return "; ".join(_line(each, kind, given) for each in error.errors()[:_MOST])
    field = re.search(r'field "(\w+)"', str(error))  # a variable that should hold a list or an object
    if field is None:
        return " ".join(str(error).split())
    example = '{"shop": "/srv/git/shop.git"}' if field[1] == "repositories" else '{"name": "value"} or ["value"]'
    return f"{field[1]} ({_PREFIX}{field[1].upper()}): must be JSON, such as {example}"


def words_of(error: "ErrorDetails") -> str:
    """What to write, without the setting's name."""
    known = _WORDS.get(error["type"])
    if known is None:
        said = error["msg"].removeprefix("Value error, ")
        return said.replace("Input should be", "must be", 1)
    return known.format_map({name: _shown(value).replace("'", "") for name, value in error.get("ctx", {}).items()})


def _line(error: "ErrorDetails", kind: "type[BaseSettings]", given: Mapping[str, Any]) -> str:
    place = error["loc"]
    if not place:
        return words_of(error)
    from service.cli.setting_place import place_of  # here: it loads pydantic

    first = str(place[0])
    variable = f"{_PREFIX}{first.upper()}"
    from_variable = first not in given and any(name.upper() == variable for name in os.environ)
    said = _unknown(first, kind) if error["type"] == "extra_forbidden" and len(place) == 1 else words_of(error)
    if error["type"] == "extra_forbidden" and len(place) > 1:
        said = "is no setting; `redtide settings` lists what there is"
    found = place_of(kind, place)
    if found.kinds:
        said = f"{said}: one of {', '.join(found.kinds)}"
    elif error["type"] == "string_pattern_mismatch" and found.meaning:
        said = f"{said} ({found.meaning.rstrip('.')})"
    return f"{'.'.join(found.names)}{f' ({variable})' if from_variable else ''}: {said}{_default(place, kind)}"


def _unknown(name: str, kind: "type[BaseSettings]") -> str:
    near = get_close_matches(name, kind.model_fields, n=1)
    return (
        f"is no setting; did you mean {near[0]}?" if near else "is no setting; `redtide settings` lists what there is"
    )


def _default(place: tuple[int | str, ...], kind: "type[BaseSettings]") -> str:
    """The default of a plain setting: it is always a value that is accepted."""
    field = kind.model_fields.get(str(place[0])) if len(place) == 1 else None
    return f" (default: {field.default})" if field and isinstance(field.default, int | float) else ""


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
