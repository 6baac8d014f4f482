# Floorhand: set up, run, check, test. Every target works on a machine that has never seen the project.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help env test-env run fresh test test-postgresql failover pictures powercut check bench campaign lock zbar chromium compiler clean model fuzz-api failover-patroni site browser-kills

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
CLUSTER := .venv-cluster
# With a transport of its own, httpx needs none of its usual one; and nothing there installs packages.
NOT_ON_A_HANDSET := anyio certifi h11 httpcore pip
# How many processes tests run in. A journey is a browser and five processes by itself, and they keep one core busy.
JOBS ?= 2
BROWSER_JOBS ?= 2
ON_POSTGRESQL := writer statistics intake facts feed stock chain pokes killed at_once packing orders whatever_happens backup rights

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

env: $(VENV)/run.stamp zbar ## make the environment that `make run` needs, in .venv

test-env: $(VENV)/test.stamp zbar

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Floorhand needs Python 3.11 or newer; there is no '$(PYTHON)' here."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Floorhand needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(UV): | $(VENV)/bin/python
	@$(PY) -m pip install --quiet --disable-pip-version-check uv

$(VENV)/run.stamp: requirements.lock | $(UV)
	@$(UV) pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r requirements.lock
	@touch $@

$(VENV)/test.stamp: requirements-dev.lock $(VENV)/run.stamp
	@$(UV) pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r requirements-dev.lock
	@touch $@

# zbar is a second opinion on barcodes; Floorhand works without it, on zxing-cpp alone.
zbar: | $(VENV)/bin/python
	@bash tools/have.sh libzbar0 "$(PY) -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library(\"zbar\"))'" \
	  || echo "libzbar0 is missing and cannot be installed here: barcodes are read by zxing-cpp alone."

chromium:
	@bash tools/have.sh chromium "command -v chromium || command -v chromium-browser || command -v google-chrome" \
	  || { test "$$CI" != true || { echo "Chromium is missing: the browser journeys cannot run, and in CI they must."; exit 1; }; \
	       echo "Chromium is missing and cannot be installed here: the browser journeys are left out."; }

compiler:
	@bash tools/have.sh "gcc libc6-dev" "echo '#include <dlfcn.h>' | cc -E - || echo '#include <dlfcn.h>' | gcc -E -" \
	  || { test "$$CI" != true || { echo "A C compiler is missing: power cuts cannot be tried, and in CI they must."; exit 1; }; \
	       echo "A C compiler is missing and cannot be installed here: NO POWER CUTS ARE TRIED."; }

# Built as it is, for a browser on this machine; `make site` squeezes it for the network.
SITE := var/site/release.json
$(SITE): $(VENV)/run.stamp $(wildcard *.py) $(shell find app assets devices handset screens sync -type f -not -name '*.pyc')
	@$(PY) -m handset --as-it-is

run: env ## start the order store, the printer and three stations with the demo warehouse; Ctrl-C stops it
fresh: env ## the same, from the beginning of a new shift
fresh: BEGIN := --fresh
run fresh:
	@$(MAKE) --no-print-directory $(SITE) || echo "The handset in the browser is left out; everything else is here."
	@exec $(PY) -m demo $(BEGIN) $(ARGS)

site: $(VENV)/run.stamp ## build the handset that lives in a browser, in var/site
	@$(PY) -m handset $(ARGS)

check: test-env ## ruff, mypy --strict, the doors between the rooms
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet . || { echo "run: .venv/bin/ruff format ."; exit 1; }
	@$(VENV)/bin/mypy .
	@$(VENV)/bin/lint-imports

test: check chromium compiler ## everything: checks, unit, contract, property, journey and browser tests
	@$(PY) -m pytest -m "not browser" -n $(JOBS) --dist loadfile
	@# The store's own tests once more, on PostgreSQL: those that say most of an engine. All of them: make test-postgresql.
	@FLOORHAND_TEST_ENGINE=postgresql $(PY) -m pytest -n $(JOBS) --dist loadfile $(ON_POSTGRESQL:%=tests/store/test_%.py)
	@# Journeys first, as they stand here: each is long, and what is left to share out at the end is to be short.
	@$(PY) -m pytest -m browser -n $(BROWSER_JOBS) --dist loadfile --no-loadscope-reorder tests/journeys tests/browser tests/handset

test-postgresql: test-env ## every test of the order store on PostgreSQL
	@FLOORHAND_TEST_ENGINE=postgresql $(PY) -m pytest -n $(JOBS) --dist loadfile tests/store

failover: test-env ## kill the database's primary under load, three times; one line of JSON
	@$(PY) -m tests.failover

failover-patroni: test-env $(CLUSTER)/stamp ## the same with Patroni and nobody's hand (needs etcd and haproxy)
	@$(PY) -m tests.failover.with_patroni

$(CLUSTER)/stamp: requirements-cluster.lock | $(UV)
	@command -v etcd >/dev/null && command -v haproxy >/dev/null || { echo "etcd and haproxy are missing; on Debian: apt-get install etcd-server haproxy"; exit 1; }
	@# The system's Python where there is one: a database node does not run as root, and may not look into root's home.
	@$(UV) venv --quiet --clear --python $(firstword $(wildcard /usr/bin/python3) $(PYTHON)) $(CLUSTER)
	@$(UV) pip install --quiet --python $(CLUSTER)/bin/python --require-hashes -r requirements-cluster.lock
	@touch $@

model: test-env ## a million steps of chance over a model of sync, ten planted bugs, the real ledger and store; a line of JSON
	@$(PY) -m tests.model $(ARGS)

pictures: test-env chromium ## every step of every screen in every look, in screenshots/
	@FLOORHAND_PICTURES=all $(PY) -m pytest -m browser tests/browser/test_*_pictures.py -n $(BROWSER_JOBS)

browser-kills: test-env chromium compiler ## kill the browser that a handset's book lives in 200 times, cut its power 50 times; lines of JSON
	@$(PY) -m tests.handset.app_kills --kills 200
	@$(PY) -m tests.handset.kills --kills 200
	@$(PY) -m tests.handset.cuts

powercut: test-env compiler ## cut a station's power 200 times; a line of JSON with what was lost
	@$(PY) -m tests.power.cuts

bench: test-env ## measure what Floorhand claims; a line of JSON for each
	@missed=0; for claim in $$(grep -l '^def main' bench/*.py | xargs -n1 basename | sed 's/\.py$$//'); do \
	  $(PY) -m bench.$$claim || missed=1; done; exit $$missed

fuzz-api: test-env ## ask the order store everything that its description allows, and more; a line of JSON
	@$(PY) -m tests.store.api_fuzzing $(ARGS)

campaign: test-env ## kill and cut 20 stations and the store on both engines for some ten minutes; a line of JSON for each
	@$(PY) -m tests.campaign $(ARGS)

lock: $(UV) ## pin every dependency again, with hashes
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group station --group store --group demo --group site -o requirements.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group station --group store --group demo --group site --group test -c requirements.lock -o requirements-dev.lock
	@# For the Python of flet-web's Pyodide. Of its platforms, uv knows last year's: that one asks for the same packages.
	@$(UV) pip compile --quiet --python-version 3.14 --python-platform wasm32-pyodide2025 --generate-hashes --no-header pyproject.toml -c requirements.lock $(addprefix --no-emit-package ,$(NOT_ON_A_HANDSET)) -o requirements-handset.lock
	@# For the browser's Python; its pip is a need of sqlite-utils that nothing here calls.
	@$(UV) pip compile --quiet --python-version 3.14 --python-platform linux --generate-hashes --no-header --no-emit-package pip --group handset-test -c requirements-dev.lock -o requirements-handset-test.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --group cluster -c requirements.lock -o requirements-cluster.lock

clean: ## forget the shift and the environment
	@rm -rf $(VENV) $(CLUSTER) var
