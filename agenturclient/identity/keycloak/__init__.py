"""Keycloak over HTTP: its keys, its token endpoint, and what its Admin API knows of a person."""
