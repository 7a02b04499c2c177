"""The route table: the API, sign-in, the probes, and the page for everything else."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from agenturclient.bootstrap import keycloak
from agenturclient.identity.oidc.back_channel import BackChannelLogout
from agenturclient.identity.oidc.views import Begin, Callback, Leave
from agenturclient.ops import metrics
from agenturclient.ops.health import live, ready
from agenturclient.spa import page

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", live),
    path("health/ready", ready),
    path("metrics", metrics.page),
    path("api/v1/", include("agenturclient.api.urls")),
    path("auth/login", Begin.as_view(keycloak=keycloak)),
    # The library makes the redirect URI from this name.
    path("auth/callback", Callback.as_view(keycloak=keycloak), name="oidc_authentication_callback"),
    path("auth/logout", Leave.as_view(keycloak=keycloak)),
    path("auth/backchannel-logout", BackChannelLogout.as_view(keycloak=keycloak)),
    # An unknown address of the API, of sign-in or of a file is a 404, not the page.
    re_path(r"^(?!api/|auth/|static/|health/).*$", page),
]
