"""A real Keycloak cluster on this machine: for `make keycloak`, `make run AUTH=keycloak`, tests."""
