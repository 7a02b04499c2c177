"""One wrong manifest or more for every policy about pods: what it must find.

Each is a copy of an overlay to which one change here has done one thing wrong.
"""

from typing import Final

from tests.deploy.policies.changes import (
    Change,
    also,
    at,
    gone,
    one,
    told,
    web,
    web_container,
    without,
    without_web,
)
from tests.deploy.policies.installation import CONNECTIONS, NODES

_ANTI: Final = "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution"
_SPREAD: Final = "topologySpreadConstraints.0"
_EDITOR: Final = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "too-much"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
    "subjects": [{"kind": "ServiceAccount", "name": "web"}],
}

BROKEN_PODS: Final[dict[str, dict[str, Change]]] = {
    # --- confinement
    "namespace_is_restricted": {
        "baseline": lambda i: i.of("Namespace")[0]["metadata"]["labels"].update(
            {"pod-security.kubernetes.io/enforce": "baseline"}
        ),
    },
    "pods_run_as_nobody": {
        "root": web("securityContext.runAsUser", 0),
        "may be root": without_web("securityContext.runAsNonRoot"),
        "any system call": without_web("securityContext.seccompProfile"),
    },
    "containers_have_no_powers": {
        "privileged": web_container("securityContext.privileged", value=True),
        "a capability": web_container("securityContext.capabilities", {"drop": ["NET_RAW"]}),
        "escalation": without_web("containers.0.securityContext.allowPrivilegeEscalation"),
        "writable": web_container("securityContext.readOnlyRootFilesystem", value=False),
        "one that runs first": at(
            "Deployment",
            "assets",
            "spec.template.spec.initContainers.0.securityContext.privileged",
            value=True,
        ),
    },
    "pods_stay_off_the_node": {
        "the node's network": web("hostNetwork", value=True),
        "the node's files": web("volumes.0", {"name": "tmp", "hostPath": {"path": "/"}}),
        "no limit": web("volumes.0", {"name": "tmp", "emptyDir": {}}),
    },
    "each_has_an_account_without_a_token": {
        "the default account": without_web("serviceAccountName"),
        "somebody else's account": web("serviceAccountName", "recover"),
        "a token": web("automountServiceAccountToken", value=True),
        "an account that hands it out": without(
            "ServiceAccount", "web", "automountServiceAccountToken"
        ),
    },
    "workloads_have_no_rights": {
        "may edit": also(_EDITOR),
        "deployer reads secrets": lambda i: one("Role", "deployer", i)["rules"].append(
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
        ),
    },
    "images_are_those_of_the_release": {
        "from anywhere": web_container("image", "nginx:latest"),
        "two releases": web_container("image", "registry.example/agenturclient:0.0.9"),
    },
    "resources_are_stated": {
        "none": without_web("containers.0.resources"),
        "a limit on CPU": web_container("resources.limits.cpu", "1"),
        "more memory than asked for": web_container("resources.limits.memory", "1Gi"),
    },
    "secrets_cannot_be_written": {
        "writable": without(
            "Deployment", "web", "spec.template.spec.containers.0.volumeMounts.1.readOnly"
        ),
    },
    # --- availability
    "nothing_runs_alone": {
        "one": at("Deployment", "recover", "spec.replicas", 1),
        "more than nodes": at("StatefulSet", "keycloak", "spec.replicas", 9),
        "a floor of one": at("HorizontalPodAutoscaler", "web", "spec.minReplicas", 1),
    },
    "pods_keep_off_each_others_nodes": {
        "none": without_web("affinity"),
        "as the original talk had it": without(
            "Deployment", "web", f"spec.template.spec.{_ANTI}.0.matchLabelKeys"
        ),
        "about nobody": web(f"{_ANTI}.0.labelSelector", {"matchLabels": {"app": "webb"}}),
        "by zone": web(f"{_ANTI}.0.topologyKey", "topology.kubernetes.io/zone"),
    },
    "pods_spread_over_zones": {
        "none": without_web("topologySpreadConstraints"),
        "counts the old release": without_web(f"{_SPREAD}.matchLabelKeys"),
        "counts a drained zone": without_web(f"{_SPREAD}.nodeTaintsPolicy"),
        "uneven": web(f"{_SPREAD}.maxSkew", 2),
    },
    "rollouts_add_before_they_remove": {
        "one less": at("Deployment", "web", "spec.strategy.rollingUpdate.maxUnavailable", 1),
        "all at once": at("Deployment", "web", "spec.strategy", {"type": "Recreate"}),
        "counts at once": without("Deployment", "web", "spec.minReadySeconds"),
        "no way back": at("Deployment", "web", "spec.revisionHistoryLimit", 0),
        "never given up": without("Deployment", "web", "spec.progressDeadlineSeconds"),
        "Keycloak together": at("StatefulSet", "keycloak", "spec.podManagementPolicy", "Parallel"),
        "Keycloak by hand": at("StatefulSet", "keycloak", "spec.updateStrategy.type", "OnDelete"),
    },
    "drains_take_one_at_a_time": {
        "none": gone("PodDisruptionBudget", "web"),
        "two": at("PodDisruptionBudget", "web", "spec.maxUnavailable", 2),
        "held up by a broken pod": without(
            "PodDisruptionBudget", "web", "spec.unhealthyPodEvictionPolicy"
        ),
        "about nobody": at(
            "PodDisruptionBudget", "web", "spec.selector.matchLabels", {"app": "webb"}
        ),
        "about everybody": at("PodDisruptionBudget", "web", "spec.selector", {}),
    },
    "probes_are_three": {
        "no readiness": without_web("containers.0.readinessProbe"),
        "alive asks what ready asks": web_container("livenessProbe.httpGet.path", "/health/ready"),
        "a port that is not there": web_container("livenessProbe.httpGet.port", "health"),
    },
    "services_lead_somewhere": {
        "nowhere": at("Service", "web", "spec.selector", {"app": "webb"}),
        "to a port that is not there": at("Service", "web", "spec.ports.0.targetPort", "https"),
        "open on every node": at("Service", "web", "spec.type", "NodePort"),
    },
    "selectors_pick_their_own": {
        "everybody": at("Deployment", "web", "spec.selector", {"matchLabels": {}}),
        "nobody": at("Deployment", "web", "spec.selector.matchLabels", {"app": "webb"}),
    },
    "autoscaling_is_quick_up_and_slow_down": {
        "a ceiling above the nodes": at("HorizontalPodAutoscaler", "web", "spec.maxReplicas", 20),
        "quick down": without("HorizontalPodAutoscaler", "web", "spec.behavior"),
        "of nothing": at("HorizontalPodAutoscaler", "web", "spec.scaleTargetRef.name", "webb"),
        "set back by a rollout": at("Deployment", "web", "spec.replicas", 2),
    },
    # --- times
    "a_request_has_time_to_end": {
        "a distributor that takes longer": told("web", "ISSUE_DEADLINE_SECONDS", "40"),
        "a request that takes longer": told("web", "REQUEST_DEADLINE_SECONDS", "40"),
        "a stall is a call": told("web", "REQUEST_DEADLINE_SECONDS", "60"),
    },
    "a_pod_that_serves_goes_in_three_steps": {
        "stops at once": without_web("containers.0.lifecycle"),
        "killed too early": web("terminationGracePeriodSeconds", 60),
        "the default": without(
            "Deployment", "assets", "spec.template.spec.terminationGracePeriodSeconds"
        ),
    },
    "recovery_has_time_to_end": {
        "the default": without(
            "Deployment", "recover", "spec.template.spec.terminationGracePeriodSeconds"
        ),
        "a distributor that takes longer": told("recover", "REFUND_DEADLINE_SECONDS", "40"),
    },
    "keycloak_has_time_to_end": {
        "killed too early": at(
            "StatefulSet", "keycloak", "spec.template.spec.terminationGracePeriodSeconds", 60
        ),
        "stops before anyone knows": told("keycloak", "KC_SHUTDOWN_DELAY", "5s"),
    },
    "probes_leave_room": {
        "impatient": web_container("readinessProbe.timeoutSeconds", 6),
        "noticed late": web_container("readinessProbe.failureThreshold", 10),
        "killed under load": web_container("livenessProbe.failureThreshold", 1),
        "no time to start": web_container("startupProbe.failureThreshold", 3),
    },
    "rollouts_are_given_up_in_time": {
        "too early": at("Deployment", "web", "spec.progressDeadlineSeconds", 60),
    },
    "jobs_come_to_an_end": {
        "never": without("Job", "migrate", "spec.activeDeadlineSeconds"),
        "again and again": without("Job", "migrate", "spec.backoffLimit"),
        "in place": at("Job", "migrate", "spec.template.spec.restartPolicy", "OnFailure"),
        "twice at a time": without("CronJob", "session-cleanup", "spec.concurrencyPolicy"),
    },
    # --- sizes
    "connections_fit_the_database": {
        "a small database": lambda i: i.of("Namespace")[0]["metadata"]["annotations"].update(
            {CONNECTIONS: "100"}
        ),
        "more threads": told("web", "WEB_THREADS", "64"),
    },
    "threads_are_left_for_orders": {
        "fewer threads": told("web", "WEB_THREADS", "16"),
        "more calls": told("web", "BULKHEAD_SEARCH", "9"),
    },
    "the_quota_holds_everything": {
        "none": lambda i: i.objects.remove(i.of("ResourceQuota")[0]),
        "no room for one more": lambda i: i.of("ResourceQuota")[0]["spec"]["hard"].update(
            {"limits.memory": "4Gi"}
        ),
        "says nothing of CPU": lambda i: i.of("ResourceQuota")[0]["spec"]["hard"].pop(
            "requests.cpu"
        ),
    },
    "every_node_can_be_drained": {
        "one on each": lambda i: i.of("Namespace")[0]["metadata"]["annotations"].update(
            {NODES: "3"}
        ),
    },
}
