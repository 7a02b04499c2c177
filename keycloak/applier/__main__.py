"""`python -m keycloak.applier FILE...`: apply realm files to a running Keycloak.

The environment names the Keycloak and the service account to work with: KEYCLOAK_ADMIN_URL,
KEYCLOAK_ADMIN_CLIENT_ID, and KEYCLOAK_ADMIN_CLIENT_SECRET or KEYCLOAK_ADMIN_CLIENT_SECRET_FILE;
and gives the values of the `$(NAME)`s in the files. `--write-secrets` sends again what Keycloak
masks and what can therefore not be compared. Exit code 1 with one sentence when it fails.
"""

import os
import sys
from pathlib import Path

from keycloak.applier.admin import AdminApi, AdminRefused
from keycloak.applier.declared import IncompleteDeclaration, read_declaration
from keycloak.applier.realm import apply_realm


def main(arguments: list[str]) -> None:
    """Apply each file in the order given; tell each change."""
    write_secrets = "--write-secrets" in arguments
    files = [name for name in arguments if not name.startswith("-")]
    if not files:
        sys.exit("Name the realm files to apply.")
    try:
        declared = [read_declaration(Path(name), os.environ) for name in files]
        address, client_id, secret = (
            _needed(name)
            for name in (
                "KEYCLOAK_ADMIN_URL",
                "KEYCLOAK_ADMIN_CLIENT_ID",
                "KEYCLOAK_ADMIN_CLIENT_SECRET",
            )
        )
        with AdminApi(address, client_id, secret) as api:
            changes = [
                change
                for realm in declared
                for change in apply_realm(api, realm, write_secrets=write_secrets)
            ]
    except (AdminRefused, IncompleteDeclaration, OSError, ValueError) as error:
        sys.exit(str(error))
    for line in changes or ["Everything is as declared."]:
        sys.stdout.write(f"{line}\n")


def _needed(name: str) -> str:
    file = os.environ.get(f"{name}_FILE")
    value = os.environ.get(name) or (Path(file).read_text(encoding="utf-8").strip() if file else "")
    if not value:
        raise IncompleteDeclaration(f"{name} is not set.")
    return value


if __name__ == "__main__":
    main(sys.argv[1:])
