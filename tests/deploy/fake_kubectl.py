"""Plays kubectl for `deploy/rollout`: notes what it is asked, and answers as a cluster would.

STATE      folder of the notes, `asked`, one line to a call
RENDERED   what the overlay renders to
FAILS      the workload or job that does not come to a good end
BUSY       the job that is under way
REVISION   the revision of every Deployment before; empty: there is none
"""

import os
import sys
from pathlib import Path

_PASSED_OVER = ("--namespace", "agenturclient-test", "--filename", "--output")


def main(arguments: list[str]) -> int:
    """One call; returns the exit code."""
    told = [part for part in arguments if part not in _PASSED_OVER]
    notes = Path(os.environ["STATE"], "asked")
    before = notes.read_text(encoding="utf-8") if notes.exists() else ""
    line = " ".join(part for part in told if not part.endswith("rendered.yaml"))
    notes.write_text(f"{before}{line}\n", encoding="utf-8")
    verb, of = told[0], told[1] if len(told) > 1 else ""
    answers = {"kustomize": _rendered, "get": _found, "rollout": _rolled, "logs": _logs}
    return (
        answers[verb](of, told[2] if len(told) > 2 else "", line, before) if verb in answers else 0
    )


def _rendered(_of: str, _name: str, _line: str, _before: str) -> int:
    sys.stdout.write(Path(os.environ["RENDERED"]).read_text(encoding="utf-8"))
    return 0


def _found(of: str, name: str, line: str, before: str) -> int:
    if of == "secret":
        sys.stdout.write("c2VjcmV0")
        return int(name == "keycloak")
    if of == "job" and "active" in line:
        sys.stdout.write("1" if os.environ.get("BUSY") == name else "")
    elif of == "job":
        failed = os.environ.get("FAILS") == name
        sys.stdout.write("FailureTarget Failed" if failed else "SuccessCriteriaMet Complete")
    elif of.startswith("deployment/"):
        sys.stdout.write(os.environ.get("REVISION", "3"))
    elif of == "statefulset/keycloak":
        sys.stdout.write("keycloak-new" if "component=keycloak" in before else "keycloak-old")
    return 0


def _rolled(verb: str, workload: str, _line: str, before: str) -> int:
    if verb == "undo" and os.environ.get("STUCK"):
        sys.stderr.write("error: the server is away\n")
        return 1
    fails = workload.endswith(f"/{os.environ.get('FAILS')}")
    if verb == "status" and fails and f"rollout undo {workload}" not in before:
        sys.stdout.write("timed out waiting\n")
        return 1
    return 0


def _logs(_of: str, _name: str, _line: str, _before: str) -> int:
    sys.stdout.write("the last lines of the job\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
