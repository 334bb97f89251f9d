"""By which name a declared attribute is read from data: `@JsonProperty("customer_id")`, Go's `json:"customer_id"`, `alias="id"`."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tools.git.diff import Hunk

_MAPPING: Final = re.compile(
    r"@(?:field:|get:|param:)?(?:Json(?:Property|Alias)?|SerializedName|SerialName|Column|XmlElement|JoinColumn|Field|Expose|"
    r"BsonProperty|JsonKey|QueryParam|RequestParam|Value)\s*\(|\[(?:JsonProperty(?:Name)?|Column|DataMember|XmlElement)\s*\(|"
    r"`[^`]*\b(?:json|yaml|db|xml|bson|form|env|toml|mapstructure):\"|#\[serde\(|"
    r"\b(?:serialization_|validation_)?alias\s*=|\b(?:data_key|source|db_column|json_name)\s*[=:]"
)
_TEXT: Final = re.compile(r"[\"']([^\"'\n]{1,80})[\"']")
_WORD: Final = re.compile(r"[A-Za-z_]\w*+")
_TYPE: Final = re.compile(r"\b(?:class|record|struct|interface|type|case class|data class)\s+([A-Za-z_]\w*+)")
_LONGEST: Final = 400  # characters of a line
_BELOW: Final = 2  # lines between an annotation and what it stands for
_ABOVE: Final = 200  # lines of a type above one of its attributes


def holds_mapping(text: str) -> bool:
    """Whether an annotation or tag by which a name is told stands in changed lines."""
    return bool(_MAPPING.search(text))


def mapping_lines(hunks: Sequence[Hunk]) -> Iterator[int]:
    """The lines, as the commit left them, on which it changed a text of such an annotation or tag and nothing else."""
    for hunk in hunks:
        if len(hunk.removed) != len(hunk.added):
            continue
        for old, new, line in zip(hunk.removed, hunk.added, hunk.added_at, strict=True):
            if max(len(old), len(new)) > _LONGEST or not (_MAPPING.search(old) and _MAPPING.search(new)):
                continue
            if _TEXT.findall(old) != _TEXT.findall(new) and _TEXT.sub("", old).split() == _TEXT.sub("", new).split():
                yield line


def declared_below(rows: Sequence[str], line: int) -> Iterator[str]:
    """The names that can be that of the attribute: on the line itself outside texts, or on the next lines."""
    for row in rows[line - 1 : line + _BELOW]:
        yield from _WORD.findall(_TEXT.sub("", row[:_LONGEST]))


def types_in(rows: Sequence[str], line: int) -> Iterator[str]:
    """The types that the line can be part of, the nearest above it first."""
    for row in reversed(rows[max(0, line - _ABOVE) : line]):
        if found := _TYPE.search(row[:_LONGEST]):
            yield found[1]
            return
