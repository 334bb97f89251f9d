from service.cli.unread_variables import unread
from service.routing.channels import Notify
from service.settings import Settings
from tools.logs.settings import LogSettings


def test_a_mistyped_variable_is_named_with_what_was_meant_and_without_its_value() -> None:
    environment = {"REDTIDE_REPOSITORYS": "{}", "REDTIDE_API_TOKNE": "a-secret", "REDTIDE_ZZZZZZZZZ": "", "HOME": "/"}
    assert list(unread(environment, Settings())) == [
        "REDTIDE_API_TOKNE is read by nothing; did you mean REDTIDE_API_TOKEN?",
        "REDTIDE_REPOSITORYS is read by nothing; did you mean REDTIDE_REPOSITORIES?",
        "REDTIDE_ZZZZZZZZZ is read by nothing; `redtide settings` lists what there is",
    ]


def test_a_field_of_a_setting_is_set_inside_the_variable_of_the_setting() -> None:
    environment = {"REDTIDE_FETCH__SECONDS": "9", "REDTIDE_NOTIFY__CHANNELS__X": "a", "REDTIDE_NO__SUCH": ""}
    fetch, channels, other = unread(environment, Settings())
    assert fetch == "REDTIDE_FETCH__SECONDS is read by nothing: fields stand in REDTIDE_FETCH='{\"seconds\": ...}'"
    assert other.startswith("REDTIDE_NO__SUCH is read by nothing; ")
    assert channels.endswith('fields stand in REDTIDE_NOTIFY=\'{"channels": {"x": ...}}\'')


def test_settings_tokens_and_the_secrets_that_settings_name_are_read() -> None:
    settings = Settings(git_token_variable="REDTIDE_OUR_GIT", logs=LogSettings(urls=("https://es.example:9200",)))
    read = ("PORT", "api_token", "API_TOKENS", "SECRETS_SENTRY", "SNS_TOPICS", "OUR_GIT", "ELASTIC_API_KEY", "LIFE")
    assert list(unread({f"REDTIDE_{name}": "x" for name in read}, settings)) == []


def test_the_secrets_that_channels_name_are_read() -> None:
    channels = {
        "oncall": {"kind": "slack", "channel": "C0123ABCD"},
        "closed": {"kind": "slack", "channel": "C0123ABCE", "app_token_variable": "REDTIDE_OUR_APP"},
        "shop": {"kind": "teams", "url_variable": "REDTIDE_SHOP_HOOK"},
    }
    environment = {
        "REDTIDE_SLACK_TOKEN": "x",
        "REDTIDE_SECRETS_SLACK": "x",
        "REDTIDE_SHOP_HOOK": "x",
        "REDTIDE_OUR_APP": "x",
    }
    assert list(unread(environment, Settings(notify=Notify.model_validate({"channels": channels})))) == []
    assert len(list(unread(environment, Settings()))) == 3


def test_the_tokens_of_forges_are_read_unless_another_way_is_chosen() -> None:
    fields = {
        "repositories": {"shop": "/srv/shop", "mail": "/srv/mail"},
        "remotes": {"shop": "https://git.example/a/shop"},
    }
    url = "https://git.example/a/mail"
    places = {"shop": {"forge": "github"}, "mail": {"url": url, "token_variable": "REDTIDE_OUR_FORGE"}}
    environment = {"REDTIDE_FORGE_TOKEN": "x", "REDTIDE_OUR_FORGE": "x"}
    assert list(unread(environment, Settings.model_validate(fields | {"reverts": {"repositories": places}}))) == []
    places["shop"]["token_file"] = "/run/secrets/forge-token"
    (line,) = unread(environment, Settings.model_validate(fields | {"reverts": {"repositories": places}}))
    assert line.startswith("REDTIDE_FORGE_TOKEN is read by nothing")
