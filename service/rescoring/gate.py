"""The gate for changes: bounds that a new configuration has to keep, read from a file."""

import tomllib
from pathlib import Path

from pydantic import Field, ValidationError

from incidents.errors import InputError
from incidents.frozen import Frozen
from service.rescoring.comparison import Comparison, Cost, Quality


class Gate(Frozen):
    """How much worse the second side may be. Shares and points lie in 0..1; what is None is not checked."""

    labelled_at_least: int = Field(default=1, ge=1, description="Fewer labelled incidents show nothing: not passed.")
    stated_right_drop: float | None = Field(default=0.0, ge=0, le=1, description="Loss of the share stated and right.")
    stated_wrong_rise: float | None = Field(default=0.0, ge=0, le=1, description="Rise of the share stated and wrong.")
    lost_at_most: int | None = Field(default=None, ge=0, description="Incidents that only the first side got right.")
    failures_at_most: int = Field(default=0, ge=0, description="Incidents that could not be judged.")
    calls_factor: float | None = Field(
        default=None, gt=0, description="Model calls, as a multiple of the first side's."
    )
    tokens_factor: float | None = Field(default=None, gt=0, description="Tokens, as a multiple of the first side's.")
    seconds_factor: float | None = Field(default=None, gt=0, description="Median seconds, likewise.")


def read_gate(file: Path) -> Gate:
    """Return the gate in a TOML file. Raises InputError naming the field."""
    try:
        return Gate.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"--gate: cannot read {str(file)!r} ({error.strerror})") from error
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(map(str, wrong["loc"]))
        raise InputError(f"--gate: {name}: {wrong['msg']}; fields are {', '.join(Gate.model_fields)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"--gate: {str(file)!r} is no TOML ({error})") from error


def violations(gate: Gate, found: Comparison) -> tuple[str, ...]:
    """Return one sentence for each bound that is not kept; none: passed."""
    said = [*_quality(gate, found.quality_before, found.quality_after), *_cost(gate, found)]
    if gate.lost_at_most is not None and found.difference.lost > gate.lost_at_most:
        said.append(f"lost {found.difference.lost} incidents that were right, at most {gate.lost_at_most} may be lost")
    if len(found.failures) > gate.failures_at_most:
        said.append(f"{len(found.failures)} incidents could not be judged, at most {gate.failures_at_most} may fail")
    return tuple(said)


def _quality(gate: Gate, before: Quality, after: Quality) -> list[str]:
    if after.labelled < gate.labelled_at_least:
        return [f"{after.labelled} incidents are labelled, at least {gate.labelled_at_least} must be"]
    right = _drop(before.stated_right, after.stated_right)
    wrong = _drop(after.stated_wrong, before.stated_wrong)
    said = []
    if gate.stated_right_drop is not None and right > gate.stated_right_drop:
        said.append(f"stated and right fell by {right:.3f}, at most {gate.stated_right_drop:.3f} is allowed")
    if gate.stated_wrong_rise is not None and wrong > gate.stated_wrong_rise:
        said.append(f"stated and wrong rose by {wrong:.3f}, at most {gate.stated_wrong_rise:.3f} is allowed")
    return said


def _drop(first: float | None, second: float | None) -> float:
    return round((first or 0.0) - (second or 0.0), 9)


def _cost(gate: Gate, found: Comparison) -> list[str]:
    before, after = found.cost_before, found.cost_after
    checked = (
        ("model calls", gate.calls_factor, before.calls, after.calls),
        ("tokens", gate.tokens_factor, _tokens(before), _tokens(after)),
        ("median seconds", gate.seconds_factor, before.seconds_median or 0.0, after.seconds_median or 0.0),
    )
    return [
        f"{name} rose from {first:g} to {second:g}, at most {factor:g} times as many are allowed"
        for name, factor, first, second in checked
        if factor is not None and second > factor * first
    ]


def _tokens(cost: Cost) -> int:
    return cost.prompt_tokens + cost.completion_tokens
