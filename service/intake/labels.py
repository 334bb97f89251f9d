"""Which label, tag or field of a sender names the service, the environment, the repository and the revision."""

import re
from collections.abc import Mapping
from typing import TypedDict

from service.intake.label_text import in_one_text, unquoted
from service.intake.names import UUID, folded, in_one_spelling, says_nothing

# In any spelling: service/intake/names.py. With dots where a document nests them.
SERVICE = ("service", "service.name", "app", "application", "app_name", "application_name")
APPLICATION = ("app.kubernetes.io/name", "k8s_app", "com.docker.compose.service", "com.docker.swarm.service.name")
WORKLOAD = (
    *("destination_canonical_service", "destination_service_name", "destination_workload"),  # a mesh's telemetry
    *("deployment", "statefulset", "daemonset", "cronjob", "job_name", "workload", "container", "container_name"),
    *("k8s.deployment.name", "k8s.statefulset.name", "k8s.daemonset.name", "k8s.cronjob.name", "k8s.container.name"),
    *("kube_deployment", "kube_stateful_set", "kube_daemon_set", "kube_cronjob", "kube_container_name"),
    *("function_name", "faas.name", "ecs_service_name", "nomad_job", "component_name"),
)
ENVIRONMENT = (
    *("environment", "env", "deployment.environment", "deployment.environment.name", "service.environment", "stage"),
    "environment_name",
)
_NAMESPACE_LABELS = (
    "namespace",
    "namespace_name",
    "kubernetes_namespace",
    "k8s.namespace.name",
    "k8s.ns.name",
    "destination_service_namespace",
)
REPOSITORY = ("repository", "repo")
COMMIT = (
    *("revision", "git.sha", "git_commit", "git.commit.sha", "commit", "commit_sha", "sha", "vcs.ref.head.revision"),
    *("deploy_commit", "deployed_commit", "deploy_sha", "deploy_revision", "deployed_revision"),
    *("commit_hash", "commit_id", "commit_ref", "rev"),
    *("git_revision", "git_hash", "git_ref", "head_sha", "head_commit", "build_sha", "source_version", "vcs_revision"),
)
"""What holds a commit; the names of REVISION after them may also say another version."""
REVISION = (
    *COMMIT,
    *("version", "release", "service.version", "app_version", "code_version", "deployment.version", "build"),
    *("image_tag", "image", "container_image"),
)
TRACE = ("stack_trace", "traceback", "error.stack_trace", "exception.stacktrace", "exception")
ERROR = ("error", "error.message", "exception.message")
TITLE = ("message", "summary", "description", "title", "alertname")
SEVERITY = ("severity", "alert_severity", "severity_level", "alert_level", "priority", "level")

_EXPORTER = re.compile(
    r"kube-state-metrics|cadvisor|kubelet|exporter|blackbox|node-problem|prometheus|pushgateway|otel-collector"
    r"|^(?:node|kubernetes-\w.*|POD|istio-proxy|linkerd-proxy|envoy)$"
)
"""Names of what watches, or stands before, the service an alert is about. The list is of those that label series."""
# Kubernetes draws these parts from an alphabet without vowels, so that no word comes out; others write what looks so.
_DRAWN = "[bcdfghjklmnpqrstvwxz2456789]"
_HASH = r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]"
_POD = re.compile(
    rf"-(?:(?:{_DRAWN}{{6,10}}-)?{_DRAWN}{{5}}|{_HASH}{{4,10}}-(?:[a-z0-9]{{5}}|(?=[a-z]*\d)[a-z0-9]{{4,6}})|{_HASH}{{4,10}}|\d{{1,3}})$"
)
_ENVIRONMENTS = frozenset(
    {"production", "prod", "staging", "stage", "qa", "testing", "dev", "development", "preprod", "preproduction", "uat"}
)
_GENERIC_CONTAINERS = frozenset(
    {"server", "app", "main", "web", "api", "service", "application", "worker", "container"}
)
"""What containers are called in many workloads: then the workload tells more."""
_INSTANCE = frozenset(
    (
        *("pod", "pod_name", "pod_ip", "instance", "uid", "node", "host", "hostname", "ip", "endpoint", "id", "name"),
        *("image", "container_id", "replica", "replicaset", "prometheus", "prometheus_replica", "device", "__name__"),
    )
)
_UNIT = re.compile(r"[^\d.:]\.(?:service|timer|mount|socket|target)$")
"""A unit of systemd, which is called the same on every host."""
_CONTAINER = ("container", "container_name", "k8s.container.name")
_POD_LABELS = ("pod", "pod_name", "k8s.pod.name")
_EXPORTED = "exported_"
_PREFIXES = ("container_label_", "label_")
"""What cAdvisor and kube-state-metrics put before the names of labels that they pass on."""
_TAG = re.compile(r"\s*+([^:=\s][^:=]*+)[:=](.*+)", re.DOTALL)
_LONGEST_TAG = 1_000
_SEPARATORS = re.compile(r"[@+\-_:/ .]")
_SHA = frozenset("0123456789abcdef")


class About(TypedDict):
    """What an alert is about."""

    service: str
    environment: str
    repository: str
    revision: str


def first_of(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of these labels that says something, in whatever spelling."""
    known = _telling(labels, names)
    return next((known[name] for name in map(folded, names) if name in known), "")


def _telling(labels: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    wanted = frozenset(map(folded, names))
    return in_one_spelling(
        {name: value for name, value in labels.items() if folded(name) in wanted and not says_nothing(value)}
    )


def about(labels: Mapping[str, str], service: str = "", environment: str = "") -> About:
    """What labels say an alert is about; `service` and `environment` where they do not name one.

    A workload says least of the service: it comes after `service`.
    """
    return About(
        service=first_of(labels, SERVICE) or service or first_of(labels, WORKLOAD),
        environment=environment_in(labels) or environment,
        repository=first_of(labels, REPOSITORY),
        revision=revision_of(labels),
    )


def service_in(labels: Mapping[str, str]) -> str:
    """The failing service: before the exporter that reports it come its own labels and the workload in Kubernetes."""
    passed_on = {
        name.removeprefix(each): labels[name] for each in _PREFIXES for name in labels if name.startswith(each)
    }
    own = {name: value for name, value in {**passed_on, **labels}.items() if not _EXPORTER.search(value)}
    named, pods = first_of(own, (*SERVICE, *APPLICATION, *WORKLOAD)), _workload_of(first_of(labels, _POD_LABELS))
    tells_less = named in _GENERIC_CONTAINERS and named == first_of(own, _CONTAINER)
    workload = (pods or named) if tells_less else (named or pods)
    watching = first_of(own, ("job",)) or first_of(labels, (*SERVICE, "job"))
    return workload or watching or _POD.sub("", first_of(labels, _POD_LABELS))


def own_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Prometheus calls a label of the watched program `exported_service` where the exporter has one of this name."""
    own = {name.removeprefix(_EXPORTED): value for name, value in labels.items() if name.startswith(_EXPORTED)}
    return {name: value for name, value in labels.items() if not name.startswith(_EXPORTED)} | own


def environment_in(labels: Mapping[str, str]) -> str:
    """The environment, or a namespace that is called like one."""
    namespace = first_of(labels, _NAMESPACE_LABELS)
    return first_of(labels, ENVIRONMENT) or (namespace if is_environment(namespace) else "")


def tagged(tags: object) -> dict[str, str]:
    """Tags `name:value` or `name=value` as labels: a list, or one text with all of them, also as the one item of a list."""
    only = tags[0] if isinstance(tags, list) and len(tags) == 1 and isinstance(tags[0], str) else tags
    listed = only if isinstance(only, list) else in_one_text(str(only or ""))
    pairs = (_TAG.fullmatch(tag) for tag in listed if isinstance(tag, str) and len(tag) <= _LONGEST_TAG)
    return {unquoted(pair[1]): unquoted(pair[2]) for pair in pairs if pair}


def revision_of(labels: Mapping[str, str], names: tuple[str, ...] = REVISION) -> str:
    """The commit that the first of these labels holds which holds one, else what the first of them says."""
    known = _telling(labels, names)
    told = [revision_in(known[name]) for name in map(folded, names) if name in known]
    return next((each for each in told if is_commit(each)), told[0] if told else "")


def is_environment(word: str) -> bool:
    """Whether a word, in lower case, is what environments are called."""
    return word in _ENVIRONMENTS


def is_commit(text: str) -> bool:
    """Whether it is an abbreviated or whole commit id. Seven digits are rather a build number."""
    return 7 <= len(text) <= 40 and set(text.lower()) <= _SHA and not text.isdecimal()


def revision_in(release: str) -> str:
    """The commit that a release names (`shop@1.2+3f9a1c2`, `v2-5-g3f9a1c2`), else the release as it is; "" for a UUID, which names none."""
    text = release.strip()
    if UUID.fullmatch(text):
        return ""
    if is_commit(text):
        return text
    parts = [part.removeprefix("g") if is_commit(part[1:]) else part for part in _SEPARATORS.split(text)]
    commits = [part for part in parts if is_commit(part) and any(letter.isdigit() for letter in part)]
    return commits[-1] if commits else text.rpartition("@")[2]


def without_instance(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that are the same for every copy of a service: an alert of three pods is about one thing."""
    return {name: value for name, value in labels.items() if name not in _INSTANCE or _UNIT.search(value)}


def without_unit(labels: Mapping[str, str]) -> dict[str, str]:
    """The same without a unit of systemd, as older builds knew a series."""
    return {name: value for name, value in labels.items() if name not in _INSTANCE}


def _workload_of(pod: str) -> str:
    """`checkout-558d948f57-57n2h` belongs to `checkout`."""
    name = _POD.sub("", pod)
    return "" if _EXPORTER.search(name) else name
