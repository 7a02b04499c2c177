"""The route table: the API, the probes, and the page for everything else."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from agenturclient.ops.health import live, ready
from agenturclient.spa import page

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", live),
    path("health/ready", ready),
    path("api/v1/", include("agenturclient.api.urls")),
    # An unknown address of the API, of sign-in or of a file is a 404, not the page.
    re_path(r"^(?!api/|auth/|static/|health/).*$", page),
]
