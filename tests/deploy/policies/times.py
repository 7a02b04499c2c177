"""Arithmetic across files: how long a pod may take to come, to answer and to go. All in seconds.

Rules: reliability.md 1.4, 5.1 and 5.4.
"""

import re
from typing import Final

from tests.deploy.policies.installation import Installation, Workload
from tests.deploy.policies.rendering import Object

# Until every node and every proxy has heard that a pod is on its way out: the way through the API,
# and two rounds of a load balancer's own checks.
_HEARD: Final = 15
_SPARE: Final = 10
# What ends an operation that changes something, and what reading back its outcome may take.
_WRITES: Final = ("HOLD_DEADLINE_SECONDS", "ISSUE_DEADLINE_SECONDS", "REFUND_DEADLINE_SECONDS")
_CALLS: Final = (*_WRITES, "SEARCH_DEADLINE_SECONDS", "OFFER_DEADLINE_SECONDS")
_REQUEST: Final = "REQUEST_DEADLINE_SECONDS"


def a_request_has_time_to_end(installation: Installation) -> list[str]:
    """gunicorn waits longer for requests in flight than all calls of one together may take.

    A lock that the database makes it wait for, and the writes around the calls, come on top. The
    longest call fits into a request, with a lock to spare.
    """
    found = []
    for workload in _web(installation):
        call = _longest(installation, workload, _CALLS)
        request = float(installation.setting(_REQUEST, workload.main))
        lock = float(installation.setting("DATABASE_LOCK_SECONDS", workload.main))
        if request < call + lock:
            found.append(f"{workload.where}: a call of {call:g} s is cut after {request:g} s")
        if installation.program.graceful_timeout < request + 2 * lock:
            found.append(
                f"{workload.where}: gunicorn waits {installation.program.graceful_timeout:g} s, "
                f"a request may take {request + 2 * lock:g} s"
            )
        if installation.program.worker_timeout <= request:
            found.append(f"{workload.where}: gunicorn takes a call for a stall")
    return found


def a_pod_that_serves_goes_in_three_steps(installation: Installation) -> list[str]:
    """Serve on until everyone has heard, finish what is in flight, and some to spare."""
    found = []
    for workload in (*_web(installation), *_assets(installation)):
        pause = _pause(workload)
        if pause < _HEARD:
            found.append(
                f"{workload.where}: stops {pause} s after it was told, before all proxies know"
            )
        needed = pause + installation.program.graceful_timeout + _SPARE
        if _grace(workload) < needed:
            found.append(
                f"{workload.where}: is killed after {_grace(workload)} s, needs {needed:g} s"
            )
    return found


def recovery_has_time_to_end(installation: Installation) -> list[str]:
    """An operation under way, and reading back what became of it, ends before the pod is killed."""
    found = []
    for workload in installation.served:
        if "recover" not in workload.main.get("args", []):
            continue
        needed = 2 * _longest(installation, workload, _WRITES) + _SPARE
        if _grace(workload) < needed:
            found.append(
                f"{workload.where}: is killed after {_grace(workload)} s, needs {needed:g} s"
            )
        if _pause(workload):
            found.append(f"{workload.where}: waits for proxies that do not know it")
    return found


def keycloak_has_time_to_end(installation: Installation) -> list[str]:
    """Not ready, but serving; then what is in flight; the grace is their sum and some to spare."""
    found = []
    for workload in installation.served:
        told = installation.environment(workload.main)
        if "KC_SHUTDOWN_DELAY" not in told:
            continue
        delay, timeout = (_seconds(told[f"KC_SHUTDOWN_{each}"]) for each in ("DELAY", "TIMEOUT"))
        needed = delay + timeout + _SPARE
        if _grace(workload) < needed:
            found.append(
                f"{workload.where}: is killed after {_grace(workload)} s, needs {needed:g} s"
            )
        ready = workload.main["readinessProbe"]
        if delay < max(_HEARD, _until_noticed(ready)):
            found.append(f"{workload.where}: stops before its readiness was asked for")
    return found


def probes_leave_room(installation: Installation) -> list[str]:
    """An answer that is late is not taken for none, and a pod under load is not started anew.

    A pod is out of service long before it counts as dead; dead takes at least 30 s of silence.
    """
    found = []
    for workload in installation.served:
        probes = {name: workload.main[name] for name in _PROBES if name in workload.main}
        found += [
            f"{workload.where}: {name} asks again before the last answer is due"
            for name, probe in probes.items()
            if probe.get("timeoutSeconds", 1) > probe.get("periodSeconds", 10)
        ]
        if len(probes) < len(_PROBES):
            continue
        noticed = _until_noticed(probes["readinessProbe"])
        dead = _until_noticed(probes["livenessProbe"])
        if noticed > _HEARD:
            found.append(
                f"{workload.where}: is sent requests {noticed} s after it stopped being ready"
            )
        if dead < max(30, 2 * noticed):
            found.append(f"{workload.where}: is started anew after {dead} s of silence")
        if _until_noticed(probes["startupProbe"]) < 60:
            found.append(f"{workload.where}: has too little time to start")
    return found


_PROBES: Final = ("startupProbe", "readinessProbe", "livenessProbe")


def rollouts_are_given_up_in_time(installation: Installation) -> list[str]:
    """Not before a slow start and its proof are over, with as much again for the image."""
    found = []
    for workload in installation.served:
        limit = workload.spec.get("progressDeadlineSeconds")
        if limit is None:
            continue
        start = _until_noticed(workload.main.get("startupProbe", {"failureThreshold": 1}))
        needed = 2 * (start + workload.spec.get("minReadySeconds", 0)) + _grace(workload)
        if limit < needed:
            found.append(f"{workload.where}: is given up after {limit} s, may need {needed} s")
    return found


def jobs_come_to_an_end(installation: Installation) -> list[str]:
    """A limit of time, few attempts, each a pod of its own whose log can be read."""
    found = []
    for workload in installation.workloads:
        if workload in installation.served:
            continue
        job = workload.spec["jobTemplate"]["spec"] if workload.kind == "CronJob" else workload.spec
        if not 0 < job.get("activeDeadlineSeconds", 0) <= 3600:
            found.append(f"{workload.where}: may run for ever")
        if not 0 <= job.get("backoffLimit", 6) <= 3:
            found.append(f"{workload.where}: is tried too often")
        if workload.pod.get("restartPolicy") != "Never":
            found.append(f"{workload.where}: an attempt wipes out the log of the last one")
        if workload.kind == "CronJob" and workload.spec.get("concurrencyPolicy") != "Forbid":
            found.append(f"{workload.where}: may run twice at a time")
    return found


def _web(installation: Installation) -> list[Workload]:
    return _with_argument(installation, "agenturclient.wsgi")


def _assets(installation: Installation) -> list[Workload]:
    return _with_argument(installation, "agenturclient.ops.assets")


def _with_argument(installation: Installation, start: str) -> list[Workload]:
    return [
        each
        for each in installation.served
        if any(
            word.startswith(start)
            for word in (*each.main.get("command", []), *each.main.get("args", []))
        )
    ]


def _longest(installation: Installation, workload: Workload, names: tuple[str, ...]) -> float:
    return max(float(installation.setting(each, workload.main)) for each in names)


def _pause(workload: Workload) -> int:
    hook = workload.main.get("lifecycle", {}).get("preStop", {})
    return int(hook.get("sleep", {}).get("seconds", 0))


def _grace(workload: Workload) -> int:
    return int(workload.pod.get("terminationGracePeriodSeconds", 30))


def _until_noticed(probe: Object) -> int:
    return int(probe.get("periodSeconds", 10)) * int(probe.get("failureThreshold", 3))


def _seconds(text: str) -> float:
    """A duration as Keycloak writes it, such as 30s or 2m."""
    number, unit = re.fullmatch(r"(\d+)([sm])", text).groups()  # type: ignore[union-attr]  # or it is no duration
    return float(number) * {"s": 1, "m": 60}[unit]
