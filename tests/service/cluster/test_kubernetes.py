"""The manifests: what Kubernetes' own schemas say of them, and what must not be in them."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from service.cluster import admission, gate, proxy
from service.settings import Settings

ROOT = Path(__file__).parents[3]
Manifest = dict[str, Any]


def manifests() -> list[Manifest]:
    return [
        each
        for file in sorted((ROOT / "k8s").glob("*.yaml"))
        for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    ]


def of(kind: str) -> list[Manifest]:
    return [each for each in manifests() if each["kind"] == kind]


def cluster() -> Manifest:
    (found,) = of("RayCluster")
    spec: Manifest = found["spec"]
    return spec


def head() -> Manifest:
    spec: Manifest = cluster()["headGroupSpec"]["template"]["spec"]
    return spec


def gpu_node() -> Manifest:
    (group,) = cluster()["workerGroupSpecs"]
    spec: Manifest = group["template"]["spec"]
    return spec


PODS = pytest.mark.parametrize("pod", [head(), gpu_node()], ids=["head", "gpu"])


def environment(pod: Manifest) -> dict[str, Manifest]:
    (container,) = pod["containers"]
    return {each["name"]: each for each in container["env"]}


def secrets(pod: Manifest) -> dict[str, str]:
    """Variable -> the secret it comes from."""
    return {
        name: each["valueFrom"]["secretKeyRef"]["name"]
        for name, each in environment(pod).items()
        if "valueFrom" in each
    }


@pytest.mark.parametrize("manifest", manifests(), ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_kubernetes_accepts_it(manifest: Manifest) -> None:
    if manifest["kind"] != "RayCluster":  # whose schema is KubeRay's; its pods are checked below
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


@PODS
def test_kubernetes_accepts_its_pods(pod: Manifest) -> None:
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": pod}
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_everything_is_in_the_one_namespace() -> None:
    (namespace,) = of("Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    others = [each for each in manifests() if each["kind"] != "Namespace"]
    assert {each["metadata"]["namespace"] for each in others} == {namespace["metadata"]["name"]}


@PODS
def test_a_pod_may_do_nothing_it_needs_not(pod: Manifest) -> None:
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    assert {kind for volume in pod["volumes"] for kind in volume} <= {
        "name",
        "emptyDir",
        "configMap",
        "persistentVolumeClaim",
        "secret",
    }


@PODS
def test_ray_may_write_where_it_must(pod: Manifest) -> None:
    (container,) = pod["containers"]
    mounted = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    assert mounted.keys() >= {"/tmp", "/cache"}
    assert set(mounted.values()) == {volume["name"] for volume in pod["volumes"]}
    caches = [each["value"] for name, each in environment(pod).items() if name.endswith(("_HOME", "_DIR"))]
    assert all(value.startswith("/cache") for value in caches)


@PODS
def test_ray_asks_for_the_token_of_the_secret(pod: Manifest) -> None:
    variables = environment(pod)
    assert variables["RAY_AUTH_MODE"]["value"] == "token"
    token = variables["RAY_AUTH_TOKEN"]["valueFrom"]["secretKeyRef"]
    assert token == {"name": "redtide-ray", "key": "token"}  # not optional: without it the pod does not start


def test_gpu_nodes_get_no_secret_but_the_cluster_and_the_weights() -> None:
    assert secrets(gpu_node()) == {"RAY_AUTH_TOKEN": "redtide-ray", "HF_TOKEN": "redtide-weights"}
    assert "redtide-weights" not in secrets(head()).values()


def test_only_the_head_may_have_what_reverts_and_single_sign_on_need_and_starts_without_it() -> None:
    token = environment(head())["REDTIDE_FORGE_TOKEN"]["valueFrom"]["secretKeyRef"]
    volumes = {each["name"]: each for each in head()["volumes"]}
    assert token["optional"] is True
    assert volumes["policy"]["configMap"]["optional"] is True
    assert volumes["oidc"]["secret"]["optional"] is True
    assert not {"configMap", "secret"} & {kind for each in gpu_node()["volumes"] for kind in each}


def test_the_head_has_what_opens_red_tide_and_the_model() -> None:
    variables = environment(head())
    for needed in ("REDTIDE_API_TOKEN", gate.MODEL_KEY):
        assert "optional" not in variables[needed]["valueFrom"]["secretKeyRef"], needed
    assert variables[proxy.VARIABLE]["value"] == proxy.CALLBACK


def test_the_proxy_and_the_replicas_read_the_same_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy is not told the `args` of the application: what it needs is in the environment of both."""
    (mounted,) = of("ConfigMap")
    applications = yaml.safe_load(mounted["data"]["serve_config.yaml"])["applications"]
    (args,) = [each["args"] for each in applications if each["name"] == "redtide"]
    needed = admission.environment_of(Settings())
    given = {name: str(environment(head())[name]["value"]) for name in needed}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert not {name.removeprefix("REDTIDE_").lower() for name in needed} & args.keys()
    assert admission.environment_of(Settings(**args)) == needed  # the defaults, until somebody changes both
    bodies, _ = admission.admission(given | {"REDTIDE_API_TOKEN": "a" * 24})
    assert bodies.kwargs == {"limit": Settings(**args).max_body_bytes, "bounds": Settings(**args).bodies}


def test_the_dashboard_is_on_loopback() -> None:
    assert cluster()["headGroupSpec"]["rayStartParams"]["dashboard-host"] == "127.0.0.1"
    for file in (ROOT / "k8s").glob("*"):
        listening = re.findall(r"^.*(?<!\d)0\.0\.0\.0(?!/0).*$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert [line.split("#")[0].strip() for line in listening] in ([], ["host: 0.0.0.0"]), file.name


def test_no_secret_is_in_a_manifest_not_even_an_empty_one() -> None:
    assert of("Secret") == []
    for pod in (head(), gpu_node()):
        for name, variable in environment(pod).items():
            if re.search("TOKEN|KEY|PASSWORD|SECRET", name):
                assert set(variable) == {"name", "valueFrom"}, name


def policies() -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each["spec"] for each in of("NetworkPolicy")}


def test_what_is_not_named_neither_comes_in_nor_goes_out() -> None:
    assert policies()["nothing"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_nobody_outside_reaches_anything_but_the_http_interface_of_the_head() -> None:
    opened = {name: spec["ingress"] for name, spec in policies().items() if "ingress" in spec}
    assert opened.keys() == {"ray-nodes", "clients"}
    ours = {"podSelector": {"matchLabels": {"ray.io/cluster": "redtide"}}}
    assert opened["ray-nodes"] == [{"from": [ours]}]
    (clients,) = opened["clients"]
    assert clients["ports"] == [{"protocol": "TCP", "port": 8000}]
    assert all(each.keys() == {"namespaceSelector", "podSelector"} for each in clients["from"])
    assert all(each["namespaceSelector"]["matchLabels"] for each in clients["from"])


def test_only_weights_may_come_from_anywhere_and_never_from_a_metadata_service() -> None:
    for name, spec in policies().items():
        for rule in spec.get("egress", []):
            assert rule.get("to"), name
            anywhere = [each["ipBlock"] for each in rule["to"] if each.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"]
            assert not anywhere or name == "to-weights"
            assert all("169.254.0.0/16" in block["except"] for block in anywhere)
            if name.startswith("to-"):
                assert rule["ports"], name


def test_the_image_is_made_of_the_lock_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "k8s" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    installed = [line for line in lines if "pip install" in line]
    assert all("--no-deps" in line for line in installed)
    assert any("--require-hashes -r /tmp/gpu.lock" in line for line in installed)
    assert lines[-1] == f"USER {head()['securityContext']['runAsUser']}:{head()['securityContext']['runAsGroup']}"


def test_the_image_gets_no_file_that_it_does_not_install() -> None:
    named = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in named if line and not line.startswith("#")]
    assert rules[0] == "*"
    for line in rules:
        if line.startswith("!"):
            assert (ROOT / line[1:]).exists(), line
    assert not {"!tests", "!k8s", "!.git", "!benchmarks"} & set(rules)
