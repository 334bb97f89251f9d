"""How stored incidents are judged again: what differs from the service's settings, by content, so that it can be repeated."""

from copy import deepcopy
from typing import Any, Final

from pydantic import Field, ValidationError

from incidents.errors import InputError
from incidents.frozen import Frozen
from incidents.reliability import Reliability
from service.settings import Settings
from tools.ranking.ranker import Weights, load_weights

_KEPT: Final = ("window", "limits", "model_url", "model_name", "model_timeout_seconds", "investigation_seconds")
"""The settings that a verdict depends on, beside weights and calibration, which are kept by content."""


class Configuration(Frozen):
    """A configuration to try. What is None is as the settings say."""

    agents: bool = Field(default=True, description="False: no language model is asked.")
    model_url: str | None = None
    model_name: str | None = None
    weights: Weights | None = Field(default=None, description="The ranker's weights.")
    calibration: Reliability | None = Field(default=None, description="What the model's word is worth.")
    prompts: dict[str, str] = Field(default_factory=dict, description="Prompts by file name; empty: the shipped ones.")
    changed: dict[str, str] = Field(default_factory=dict, description="Other settings, e.g. limits.samples -> 3.")
    settings: dict[str, Any] = Field(
        default_factory=dict, description="The settings of the time when the run began; empty: those of today."
    )

    def begun_with(self, settings: Settings) -> "Configuration":
        """Return the configuration with the settings of now in it, so that a run is continued as it was begun."""
        if self.settings:
            return self
        fields = settings.model_dump(mode="json")
        return self.model_copy(
            update={
                "settings": {name: fields[name] for name in _KEPT},
                "weights": self.weights or (load_weights(settings.weights) if settings.weights else None),
                "calibration": self.calibration or self._calibration(settings),
            }
        )

    def applied(self, settings: Settings) -> Settings:
        """Return the settings with these changes; repositories are not fetched. Raises InputError naming the setting."""
        model = {"model_url": self.model_url, "model_name": self.model_name}
        changed: dict[str, Any] = {name: value for name, value in model.items() if value is not None or not self.agents}
        fields = settings.model_dump(mode="json") | deepcopy(self.settings)
        for name, value in self.changed.items():
            _change(fields, name, value)
        try:
            checked = Settings.model_validate(fields | changed)
        except ValidationError as error:
            wrong = error.errors()[0]
            raise InputError(f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}") from error
        kept = {"weights": None, "calibration": None} if self.settings else {}
        return checked.model_copy(update={"remotes": {}, **kept})

    def _calibration(self, settings: Settings) -> Reliability | None:
        """Return what the settings know about the model's word; nothing under other prompts."""
        if not self.agents or self.prompts:
            return None
        from graph.calibration import usable  # here: a run without a model imports no agent

        return usable(settings.calibration, self.model_name or settings.model_name)


def _change(fields: dict[str, Any], name: str, value: str) -> None:
    """Set one field, `group.field` in a group. Raises InputError for one that does not exist."""
    *groups, last = name.split(".")
    for group in groups:
        inner = fields.get(group)
        if not isinstance(inner, dict):
            raise InputError(f"{name}: there is no such setting; docs/settings.md lists them")
        fields = inner
    if last not in fields:
        raise InputError(f"{name}: there is no such setting; docs/settings.md lists them")
    fields[last] = value
