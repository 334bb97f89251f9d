"""What somebody did in Slack, read from the payload of an interaction: over HTTP and over a socket it is the same."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.render.slack_views import COMMIT, NOTE


@dataclass(frozen=True, slots=True)
class Click:
    """Who clicked what, and where: ids of Slack, and the value that our message or modal had put there.

    `trigger` allows to open a modal within three seconds. `view` is the modal that was clicked in, with its `hash`.
    `note` is what the person wrote, untrusted.
    """

    user: str
    channel: str
    action: str
    value: str
    trigger: str = ""
    view: str = ""
    hash: str = ""
    note: str = ""


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Named(_Lenient):
    id: str = Field(max_length=50, pattern=r"^[A-Z0-9]+$")


class _Option(_Lenient):
    value: str = Field(default="", max_length=200)


class _Action(_Lenient):
    action_id: str = Field(default="", max_length=255)
    value: str | None = Field(default=None, max_length=3_000)
    selected_option: _Option | None = None

    @property
    def chosen(self) -> str:
        return self.selected_option.value if self.selected_option else self.value or ""


class _State(_Lenient):
    values: dict[str, dict[str, _Action]] = Field(default_factory=dict, max_length=20)

    def field(self, name: str) -> str:
        return self.values[name][name].chosen if name in self.values.get(name, {}) else ""


class _View(_Lenient):
    id: str = Field(max_length=50)
    hash: str = Field(default="", max_length=100)
    callback_id: str = Field(default="", max_length=255)
    private_metadata: str = Field(default="", max_length=3_000)
    state: _State = _State()


class _Payload(_Lenient):
    """What is read of an interaction of the type `block_actions` or `view_submission`."""

    type: str = Field(max_length=50)
    user: _Named
    trigger_id: str = Field(default="", max_length=200)
    channel: _Named | None = None
    actions: list[_Action] = Field(default_factory=list, max_length=20)
    view: _View | None = None


def read(payload: object) -> Click | None:
    """What was clicked; None for interactions that are none of ours. Raises ValueError for one that cannot be read."""
    try:
        given = _Payload.model_validate(payload)
    except ValidationError as error:
        raise ValueError("no interaction that can be read") from error
    if given.type == "view_submission" and given.view is not None:
        return _sent(given, given.view)
    if given.type != "block_actions" or not given.actions:
        return None
    action = given.actions[0]
    common: dict[str, Any] = {"user": given.user.id, "trigger": given.trigger_id, "action": action.action_id}
    if given.view is not None:
        channel = given.view.private_metadata.partition(" ")[0]
        return Click(channel=channel, value=action.chosen, view=given.view.id, hash=given.view.hash, **common)
    return None if given.channel is None else Click(channel=given.channel.id, value=action.chosen, **common)


def _sent(given: _Payload, view: _View) -> Click:
    """A form was sent: its chosen commit, or the one that the modal showed."""
    channel, _, shown = view.private_metadata.partition(" ")
    value, note = view.state.field(COMMIT) or shown, view.state.field(NOTE)
    return Click(user=given.user.id, channel=channel, action=view.callback_id, value=value, note=note)
