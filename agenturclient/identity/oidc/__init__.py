"""Sign-in with OpenID Connect: mozilla-django-oidc with what it leaves open closed."""
