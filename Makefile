# Everything a developer types. Needs Python 3.11 or newer and make; the rest is set up below .venv/.

PORT ?= 8000
PERSONALITY ?= plain
STATE ?= var/sandbox.sqlite3
SEEDS ?= 2000
SALES ?= 2000
REFUNDS ?= 500
export PORT PERSONALITY SALES REFUNDS

# The first Python that is new enough; "python3" also when none is, so that it can say so itself.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
    "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$each"; exit; }; \
  done; echo python3)
BIN := .venv/bin
NODE := PATH="$(CURDIR)/$(BIN):$$PATH" "$(CURDIR)/$(BIN)/node"
SETUP := @$(PYTHON) -m scripts.setup
COMPILE := $(BIN)/pip-compile --quiet

.DEFAULT_GOAL := help
.PHONY: help run build ha ha-test test test-mariadb check cluster-test e2e cases faults stalled simulate dev api sandbox demo requirements keycloak test-identity

help:  ## list these commands
	@echo "make <command>   (PORT=$(PORT))"
	@sed -n 's/^\([a-z0-9-]*\):.*##  *\(.*\)/  \1|\2/p' Makefile | while IFS='|' read -r name text; do \
	  printf '  %-14s %s\n' "$$name" "$$text"; done

run:  ## set up what is missing and serve a shop on this machine
	$(SETUP)
	@exec $(BIN)/python -m scripts.run

ha: export STATE_DIR := $(or $(STATE_DIR),var/ha)
ha:  ## serve a shop of many processes on MariaDB behind a proxy, to be broken (AUTH=keycloak)
	$(SETUP) --mysql
	@exec $(BIN)/python -m scripts.ha

demo:  ## fill the running shop with a week of sales and refunds
	@exec $(BIN)/python -m scripts.demo

dev:  ## serve for development: reloading server and page
	$(SETUP) --dev --no-build
	@exec $(BIN)/python -m scripts.run --dev

sandbox: PORT := $(if $(filter file,$(origin PORT)),8100,$(PORT))
sandbox:  ## serve the sandbox distributor alone (PORT, STATE, PERSONALITY=plain|strict)
	$(SETUP) --no-page
	@mkdir -p "$(dir $(STATE))"
	@exec $(BIN)/python -m sandbox --port $(PORT) --state "$(STATE)" --personality $(PERSONALITY)

keycloak:  ## a real Keycloak cluster to sign in with (NODES=2, CLUSTER=stateless|jgroups|dns)
	$(SETUP) --no-page
	@exec $(BIN)/python -m scripts.keycloak

test:  ## run the tests of the program, the sandbox and the page
	$(SETUP) --dev --no-build
	@echo "Tests of the program and the sandbox:"
	@$(BIN)/python -m pytest --quiet --numprocesses auto --ignore tests/cluster --ignore tests/faults --ignore tests/ha --ignore tests/identity
	@echo "Tests of the page:"
	@cd frontend && $(NODE) node_modules/vitest/vitest.mjs run

check:  ## style, types, imports, manifests and drift of generated files
	$(SETUP) --dev --scanner --no-build
	@$(BIN)/python -m scripts.check

build:  ## the image's tree by the Dockerfile's own lines, served from with nothing else on the path (BUILD_PORT)
	@$(PYTHON) -m scripts.image

api:  ## write the OpenAPI file and the page's types from the program
	$(SETUP) --dev --no-build
	@$(BIN)/python -m scripts.api

e2e:  ## drive the page in a browser (CHROMIUM=path when it is not on the PATH)
	$(SETUP) --dev
	@exec $(BIN)/python -m scripts.e2e

test-mariadb:  ## the tests about the store on a MariaDB server of their own
	$(SETUP) --dev --mysql --no-page
	@$(BIN)/python -m scripts.test_on_mariadb

cases:  ## the 24 fault cases, and that each fails without its guard
	$(SETUP) --dev --mysql --no-page
	@$(BIN)/python -m pytest --quiet --numprocesses auto tests/cases tests/faults/test_cases_guarded.py

faults:  ## real processes under faults and kills: nothing sold twice, nothing lost (SALES, REFUNDS)
	$(SETUP) --dev --mysql --no-page
	@$(BIN)/python -m pytest --quiet tests/faults --ignore tests/faults/test_stalled.py --ignore tests/faults/test_cases_guarded.py

ha-test:  ## rolling restarts under load, kills, a database restart: what it costs people (ROLLS, RATE)
	$(SETUP) --dev --mysql
	@$(BIN)/python -m pytest --quiet tests/ha

stalled:  ## measure orders, login and health while the distributor stalls and 200 agents search
	$(SETUP) --dev --no-page
	@$(BIN)/python -m pytest --quiet tests/faults/test_stalled.py

test-identity:  ## sign-in and users on a real Keycloak cluster, parts of which are killed
	$(SETUP) --dev
	@$(BIN)/python -m pytest --quiet tests/identity

cluster-test:  ## prove deploy/ on a disposable cluster of three nodes (KUBECONFIG)
	$(SETUP) --dev --no-page
	@$(BIN)/python -m pytest --quiet tests/cluster

simulate:  ## random schedules, faults and crashes around the use cases (SEEDS=2000)
	$(SETUP) --dev --no-page
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS) --processes 2

# mysqlclient's metadata need no database headers once these two variables are set.
requirements: export MYSQLCLIENT_CFLAGS = -I.
requirements: export MYSQLCLIENT_LDFLAGS = -lmysqlclient
requirements: export CUSTOM_COMPILE_COMMAND = make requirements
requirements:  ## compile requirements*.txt from requirements*.in
	$(SETUP) --dev --no-page
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --constraint requirements.txt --output-file requirements-embedded.txt requirements-embedded.in
	$(COMPILE) --constraint requirements-embedded.txt --output-file requirements-dev.txt requirements-dev.in
	$(COMPILE) --output-file requirements-scanner.txt requirements-scanner.in
