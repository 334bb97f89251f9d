"""How to reach the log store, and the limits for its queries."""

from pathlib import Path

from pydantic import Field, field_validator, model_validator

from incidents.frozen import Frozen
from tools.logs.fields import Fields, Layout, fields
from tools.text.web_address import web_address


class DeployFields(Frozen):
    """Which field of a document of the deploy log contains what; None for what it does not contain."""

    timestamp: str = Field(default="@timestamp", description="Field with the time of the deploy.")
    service: str | None = Field(default="service.name", description="Field with the service.")
    environment: str | None = Field(default="service.environment", description="Field with the environment.")
    revision: str = Field(default="service.version", description="Field with the deployed revision.")
    old_revision: str | None = Field(
        default="deploy.old_revision", description="Field with the revision that ran before."
    )
    repository: str | None = Field(default="deploy.repository", description="Field with the repository's name.")
    actor: str | None = Field(default="user.name", description="Field with the name of the person who deployed.")
    url: str | None = Field(default="url.full", description="Field with a link to the deploy.")


class LogSettings(Frozen):
    """One Elasticsearch cluster (8.x or 9.x). Secrets are in environment variables, which are named here."""

    urls: tuple[str, ...] = Field(default=(), description="Addresses such as https://es.example.org:9200.")
    cloud_id: str | None = Field(default=None, description="Elastic Cloud id, instead of addresses.")
    ca_bundle: Path | None = Field(default=None, description="PEM file of the authorities to trust.")
    username: str | None = Field(default=None, description="For basic authentication; else the API key is used.")
    password_variable: str = Field(
        default="REDTIDE_ELASTIC_PASSWORD", description="Environment variable that holds the password of `username`."
    )
    api_key_variable: str = Field(
        default="REDTIDE_ELASTIC_API_KEY", description="Environment variable that holds the API key."
    )

    index: str = Field(default="logs-*", min_length=1, description="Indices, aliases or data streams, comma-separated.")
    layout: Layout = Field(default="ecs", description="classic: everything is in `message`.")
    fields: dict[str, str | None] = Field(default_factory=dict, description="Field names that differ from the layout.")
    error_levels: tuple[str, ...] = Field(
        default=("error", "ERROR", "Error", "critical", "CRITICAL", "fatal", "FATAL", "emergency"),
        description="Values of the level field that mean an error.",
    )
    deploy_index: str | None = Field(default=None, description="Index of the deploy log, if there is one.")
    deploy_fields: DeployFields = DeployFields()

    kibana_url: str | None = Field(default=None, description="Kibana's address, with its space; links to Discover.")
    kibana_data_view: str | None = Field(default=None, description="Id of the data view the links open.")

    request_seconds: float = Field(default=10.0, gt=0, description="Time limit for one request.")
    lookup_seconds: float = Field(default=45.0, gt=0, description="Time limit for all queries about one incident.")
    retries: int = Field(default=2, ge=0, description="Repeats after 429, 502, 503, 504 or a broken connection.")
    terminate_after: int = Field(default=5_000_000, ge=1, description="Documents examined per shard and query.")
    sample: int = Field(default=200, ge=1, le=2_000, description="Documents read to find the error's trace.")
    page: int = Field(
        default=25,
        ge=1,
        le=500,
        description="Documents of the first page; the size of these decides the size of the next page.",
    )
    sample_bytes: int = Field(default=8_000_000, ge=10_000, description="Text after which no further page is read.")
    lookback_hours: float = Field(default=24.0, gt=0, description="How far before the alert to search for the onset.")
    baseline_days: int = Field(default=1, ge=0, le=7, description="Earlier days that show what is usual at each hour.")
    clock_skew_seconds: float = Field(default=5.0, ge=0, description="Largest difference between the hosts' clocks.")
    late_arrival_seconds: float = Field(default=60.0, ge=0, description="Largest delay of a document.")

    @field_validator("urls")
    @classmethod
    def _without_password(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            web_address(url, "name the variables that hold them with password_variable or api_key_variable")
        return value

    @field_validator("kibana_url")
    @classmethod
    def _link_without_password(cls, value: str | None) -> str | None:
        return value if value is None else web_address(value, "links are opened by people, who log in there")

    @model_validator(mode="after")
    def _reachable(self) -> "LogSettings":
        if bool(self.urls) == bool(self.cloud_id):
            raise ValueError("give either urls or cloud_id")
        self.mapping()
        return self

    def mapping(self) -> Fields:
        """Return the field names for `index`."""
        return fields(self.layout, self.fields)
