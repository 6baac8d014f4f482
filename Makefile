# Floorhand: set up, run, check, test. Every target works on a machine that has never seen the project.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
GROUPS := --group station --group store --group demo

lock: $(VENV)/uv ## pin every dependency with its hashes
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml -o requirements.lock
