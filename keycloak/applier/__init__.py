"""Brings a running Keycloak to what the files declare, again and again, and deletes nothing.

`python -m keycloak.applier FILE...` reads realm representations (Keycloak's own words, with
`$(NAME)` where a value comes from the environment) and creates or updates what they name through
the Admin API. What they do not name - agencies, users, memberships, further clients - stays.
"""
