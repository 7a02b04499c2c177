# The program with its built page: web, recover, migrations, session cleanup, the page's files and the realm's
# applier are one image with different commands. `make build` runs the same lines without a container engine.
#   docker build --tag agenturclient --build-arg REVISION=$(git rev-parse HEAD) .
# A release names the base by digest: --build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:... (docs/adr/0022).
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

# --- the page, with Node from PyPI as everywhere (docs/adr/0005)
FROM ${PYTHON_IMAGE} AS page
WORKDIR /app
COPY requirements-embedded.txt ./
COPY scripts scripts
COPY frontend frontend
RUN python -m scripts.setup

# --- the packages; the database's driver is compiled here
FROM ${PYTHON_IMAGE} AS packages
# Debian keeps one version of a package at a time: the day of the build decides.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends gcc pkg-config libmariadb-dev \
 && rm -rf /var/lib/apt/lists/*
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv .venv \
 && .venv/bin/python -m pip install --require-hashes --requirement requirements.txt \
 && .venv/bin/python -m pip uninstall --yes setuptools pip

# --- what runs: Python, the database's client library, no compiler, no package manager of Python
FROM ${PYTHON_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG PYTHON_IMAGE
LABEL org.opencontainers.image.title="Agenturclient" \
      org.opencontainers.image.description="Travel agencies sell and refund railway tickets through an OSDM distributor" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${PYTHON_IMAGE}"
# hadolint ignore=DL3008
RUN apt-get update && apt-get upgrade --yes && apt-get install --yes --no-install-recommends libmariadb3 \
 && rm -rf /var/lib/apt/lists/* \
 && pip uninstall --yes setuptools wheel pip \
 && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin agenturclient
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=packages /app/.venv .venv
COPY manage.py ./
COPY agenturclient agenturclient
COPY keycloak/applier keycloak/applier
COPY keycloak/realm keycloak/realm
COPY --from=page /app/frontend/dist frontend/dist
RUN python -m compileall -q agenturclient keycloak
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "python:agenturclient.ops.gunicorn_config", "agenturclient.wsgi:application"]
