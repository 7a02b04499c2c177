"""One wrong manifest or more for every policy: what it must find."""

from typing import Final

from tests.deploy.policies.broken_pods import BROKEN_PODS
from tests.deploy.policies.changes import (
    Change,
    also,
    at,
    gone,
    one,
    told,
    web_container,
    without,
    without_web,
)

_ALLOW_ALL: Final = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "open"},
    "spec": {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{}],
        "egress": [{}],
    },
}
_SECRET: Final = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {}}

BROKEN: Final[dict[str, dict[str, Change]]] = BROKEN_PODS | {
    # --- network
    "nobody_talks_by_default": {
        "none": gone("NetworkPolicy", "default-deny"),
        "in only": at("NetworkPolicy", "default-deny", "spec.policyTypes", ["Ingress"]),
    },
    "only_these_talk": {
        "everybody": also(_ALLOW_ALL),
        "no sign-in": gone("NetworkPolicy", "program-to-keycloak"),
    },
    "only_the_gateway_comes_in": {
        "everybody": also(_ALLOW_ALL),
        "nobody": gone("NetworkPolicy", "gateway-to-web-and-assets"),
        "any namespace": at(
            "NetworkPolicy", "gateway-to-keycloak", "spec.ingress.0.from.0.namespaceSelector", {}
        ),
    },
    "only_these_reach_the_outside": {
        "everybody": also(_ALLOW_ALL),
        "our own networks": without(
            "NetworkPolicy", "out-to-the-internet", "spec.egress.0.to.0.ipBlock.except"
        ),
        "no distributor": gone("NetworkPolicy", "out-to-the-internet"),
    },
    "the_database_is_for_those_who_use_it": {
        "everybody": at("NetworkPolicy", "out-to-database", "spec.podSelector", {}),
        "nobody": gone("NetworkPolicy", "out-to-database"),
    },
    "everyone_finds_names": {
        "nobody": gone("NetworkPolicy", "everyone-to-dns"),
    },
    "network_policies_pick_something": {
        "a slip": at(
            "NetworkPolicy", "keycloak-to-web", "spec.podSelector.matchLabels", {"app": "webb"}
        ),
        "one of several": lambda i: one("NetworkPolicy", "out-to-database", i)["spec"][
            "podSelector"
        ]["matchExpressions"][0]["values"].append("webb"),
    },
    # --- way in
    "only_what_people_need_is_shown": {
        "administration": at("Ingress", "keycloak", "spec.rules.0.http.paths.1.path", "/admin/"),
        "everything": at("Ingress", "keycloak", "spec.rules.0.http.paths.0.path", "/"),
        "files from web": at(
            "Ingress", "agenturclient", "spec.rules.0.http.paths.0.backend.service.name", "web"
        ),
    },
    "every_host_has_tls": {
        "none": without("Ingress", "agenturclient", "spec.tls"),
        "for another": at("Ingress", "keycloak", "spec.tls.0.hosts.0", "sso.other.example"),
    },
    "hosts_are_the_configured_ones": {
        "another": at("Ingress", "agenturclient", "spec.rules.0.host", "shop.example"),
        "another issuer": told("web", "OIDC_ISSUER", "https://sso.other.example/realms/x"),
        "the realm's address": told("realm", "AGENTURCLIENT_URL", "https://other.example"),
    },
    # --- environment
    "every_variable_is_known": {
        "a slip": told("web", "WEB_TREADS", "20"),
        "of the realm": told("realm", "SMTP_HOTS", "mail.example"),
        "of Keycloak": told("keycloak", "KEYCLOAK_DB", "mariadb"),
    },
    "secrets_come_as_files": {
        "in plain": told("web", "SECRET_KEY", "x" * 50),
        "by reference": web_container(
            "env",
            [
                {
                    "name": "OSDM_SCOPE",
                    "valueFrom": {"secretKeyRef": {"name": "agenturclient", "key": "scope"}},
                }
            ],
        ),
        "all of one": web_container("envFrom", [{"secretRef": {"name": "agenturclient"}}]),
    },
    "named_files_are_there": {
        "not mounted": without_web("containers.0.volumeMounts.1"),
        "not among its keys": told(
            "realm", "SMTP_PASSWORD_FILE", "/run/secrets/keycloak/smtp-password"
        ),
    },
    "no_secret_stands_in_the_objects": {"one": also(_SECRET)},
    "a_changed_setting_rolls_out": {
        "a plain name": lambda i: i.of("ConfigMap")[0]["metadata"].update(name="agenturclient"),
        "of nothing": web_container("envFrom.0.configMapRef.name", "agenturclient-0123456789"),
    },
}
