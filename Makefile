# Everything a newcomer needs, from a fresh machine with Python 3.11 or newer:
#   make demo    look at it          make test    prove it          make check   judge it

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Names the locks that the environment was made from; missing or older, it is made anew.
STAMP := $(VENV)/.installed
SERVE ?= 1
ROWS ?=
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: help install browser demo test test-deep bench check format locks clean

help: ## What there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

install: $(STAMP) ## The environment alone, in .venv/

$(STAMP): requirements.lock requirements-dev.lock .ci/environment.sh
	@.ci/environment.sh "$(PYTHON)" "$(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-dev.lock
	@touch $@

demo: $(STAMP) ## The sample world, then the site until Ctrl-C (SERVE=0: without serving)
	@exec $(BIN)/python manage.py demo $(if $(filter 0,$(SERVE)),--no-serve)

test: $(STAMP) browser ## Every test that takes less than minutes
	@$(BIN)/python -m pytest -n 2

test-deep: $(STAMP) browser ## The tests that take minutes
	@$(BIN)/python -m pytest -n 2 -m deep

browser:
	@.ci/browser.sh

bench: $(STAMP) ## The benchmark (ROWS=100000 for another size)
	@$(BIN)/python manage.py bench $(if $(ROWS),--rows $(ROWS))

check: $(STAMP) ## Style, types, imports, sizes, migrations, templates, settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files -z --cached --others --exclude-standard -- '*.html' \
		| xargs -0 --no-run-if-empty $(BIN)/djade --check --target-version 5.2
	$(BIN)/python manage.py check
	PERMILLE_HTTPS=1 $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m pytest -q tests/house

format: $(STAMP) ## Put files into the form that `check` asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

locks: $(STAMP) ## Newest versions that requirements*.in allow, with their hashes
	$(BIN)/uv pip compile --quiet --upgrade $(LOCK_OPTIONS) requirements.in -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade $(LOCK_OPTIONS) --constraint requirements.lock \
		requirements-dev.in -o requirements-dev.lock

LOCK_OPTIONS := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

clean: ## Away with what was made, except the data folder
	rm -rf $(VENV) staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
