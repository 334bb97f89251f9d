"""Files that say how the program is deployed: its image, address, user, memory, certificates and what stands in front of it."""

import re
from typing import Final

_DEPLOYS: Final = re.compile(
    r"(^|/)(?:(?=[^/]*?dockerfile)[^/]*+|containerfile|(?=[^/]*?compose)[^/]*\.ya?ml|procfile|caddyfile|\.dockerignore|"
    r"\.env(?:\.[\w.-]+)?|[^/]*\.(?:env|tf|tfvars|hcl|service|socket|bicep)|chart\.ya?ml|(?=[^/]*?values)[^/]*\.ya?ml|"
    r"kustomization\.ya?ml|skaffold\.ya?ml|fly\.toml|app\.ya?ml|serverless\.ya?ml|cloudbuild\.ya?ml|"
    r"(?=[^/]*?(?:nginx|haproxy|apache|httpd|envoy|traefik|php-fpm|supervisor|gunicorn|puma|uwsgi))[^/]*\.(?:conf|cfg|ini|ya?ml|toml|py|rb)|"
    r"(?=[^/]*?deploy)[^/]*\.(?:ya?ml|sh|json|toml))$"
    r"|^(?=.*/[^/]+\.(?:ya?ml|json|toml|conf|cfg|ini|j2|tpl|tf|sh|env)$)(?:.*/)?"
    r"(?:k8s|kubernetes|helm|charts?|kustomize|terraform|ansible|nomad|docker|nginx|systemd)/"
    r"|^(?=.*/[^/]+\.(?:ya?ml|json|toml|conf|cfg|ini|env)$)(?:.*/)?"
    r"(?:deploy|deployment|deployments|manifests|infra|infrastructure|ops)/",
    re.IGNORECASE | re.DOTALL,
)


def is_deploy_file(path: str) -> bool:
    """Whether the file (path relative to the repository) says how the program is deployed."""
    return bool(_DEPLOYS.search(path))
