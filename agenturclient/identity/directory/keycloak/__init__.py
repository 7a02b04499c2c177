"""Keycloak as the directory: its Admin API with a service account. Its words stop here."""
