# Every task of the project. `make help` lists them.
#
# Variables: PYTHON (the interpreter that makes .venv/), PORT (of the demo), PYTEST_ARGS (passed on to pytest).

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
PYTEST_ARGS ?=
# Where the demo is reached; whoever sets it in the environment knows better.
DEMO_URL = BYLINE_BASE_URL=$${BYLINE_BASE_URL:-http://127.0.0.1:$(PORT)}

VENV := .venv
BIN := $(VENV)/bin
TOOLS := .make/tools
# What pip prints is of interest only when something goes wrong; the lock files' hashes decide what gets in.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
PIP_COMPILE := CUSTOM_COMPILE_COMMAND='make lock' $(TOOLS)/bin/pip-compile --quiet --strip-extras \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --allow-unsafe

# pip-compile sees only the Python it runs on. The redis client needs this one before Python 3.11.3, and so on
# Debian 12; tests/test_packaging.py looks for others.
ON_OTHER_PYTHONS := async-timeout

# npm notes who wants money for what, which nothing needs.
define NO_FUNDING
import json, sys
path = sys.argv[1]
lock = json.load(open(path))
for package in lock["packages"].values():
    package.pop("funding", None)
open(path, "w").write(json.dumps(lock, indent=2) + "\n")
endef
export NO_FUNDING

PO := $(wildcard widget/translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)

.PHONY: help
help: ## list every task
	@echo "Byline: comments under news articles, signed, each read by an editor first."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "Variables: PYTHON=python3.12  PORT=8001  PYTEST_ARGS='-k queue -x'"

.PHONY: demo
demo: $(VENV)/.runtime catalogues ## set everything up and serve the demo at http://127.0.0.1:8000/ (PORT=)
	@exec env BYLINE_DEMO=1 $(DEMO_URL) $(BIN)/flask --app wsgi demo serve

.PHONY: demo-reset
demo-reset: $(VENV)/.runtime catalogues ## throw the demo's data away, then serve it afresh
	@env BYLINE_DEMO=1 $(DEMO_URL) $(BIN)/flask --app wsgi demo reset
	@exec env BYLINE_DEMO=1 $(DEMO_URL) $(BIN)/flask --app wsgi demo serve

.PHONY: cluster
cluster: $(VENV)/.dev catalogues ## two nodes, worker, PostgreSQL, Redis and nginx on this machine, with the demo (PORT=)
	@exec $(BIN)/python -m bench.cluster --port $(PORT)

.PHONY: test
test: $(VENV)/.dev catalogues lint system ## run every check and test: browser, PostgreSQL and Redis included
	@echo "→ tests …"
	@# Three on two cores: a test in the browser mostly waits for it.
	@$(BIN)/python -m pytest -n 3 --dist loadgroup $(PYTEST_ARGS)

.PHONY: bench
bench: $(VENV)/.dev catalogues peers ## measure reading and writing beside nginx, Isso and Waline, and the widget (fifteen minutes; wants wrk and nginx)
	@$(BIN)/python -m bench.reading.run
	@$(BIN)/python -m bench.writing.run
	@$(BIN)/python -m bench.widget

.PHONY: bench-report
bench-report: $(VENV)/.dev ## put what was measured last into docs/performance.md
	@$(BIN)/python -m bench.report

.PHONY: peers
peers: .make/peers/isso/.done .make/peers/waline/.done ## install what the benchmarks compare with, apart from everything else

.make/peers/isso/.done: bench/peers/requirements.lock
	@echo "→ installing Isso to compare with …"
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Its driver for SQLite is compiled here, with a compiler and Node's headers, and never fetched from elsewhere.
.make/peers/waline/.done: bench/peers/package-lock.json bench/peers/package.json bench/peers/.npmrc
	@if command -v npm > /dev/null && test -e /usr/include/node/node.h; then \
		echo "→ installing Waline to compare with (three minutes) …"; \
		mkdir -p $(@D) && cp $^ $(@D)/ && cd $(@D) && \
		npm_config_build_from_source=true npm_config_nodedir=/usr npm ci --loglevel=error && touch .done; \
	else \
		echo "Waline is left out: it wants npm, a compiler and Node's headers (Debian: npm, g++, libnode-dev)."; \
	fi

.PHONY: bench-netiquette
bench-netiquette: $(VENV)/.dev ## measure the automatic checks on the labelled sets (PART=dev, held, dev2 or unseen)
	@$(BIN)/python -m bench.netiquette.run --part $(or $(PART),all)

.PHONY: bench-places
bench-places: $(VENV)/.dev ## measure the suggestions of places, from a gazetteer built before
	@$(BIN)/python -m bench.places

.PHONY: bench-desk
bench-desk: $(VENV)/.dev catalogues ## measure the desk's pages as a newsroom grows (COMMENTS=1000000 takes half an hour; KEEP=FOLDER keeps the databases)
	@$(BIN)/python -m bench.desk.run --comments $(or $(COMMENTS),1000000) $(if $(KEEP),--keep $(KEEP))

.PHONY: bench-widget
bench-widget: $(VENV)/.dev catalogues ## what the widget costs a reader in a real browser: bytes, requests, layout shift, long tasks
	@$(BIN)/python -m bench.widget

.PHONY: bench-working
bench-working: $(VENV)/.dev catalogues ## two moderators work off 200 waiting comments by keyboard in real browsers (COMMENTS=200 READING=0)
	@$(BIN)/python -m bench.desk.working --comments $(or $(COMMENTS),200) --reading $(or $(READING),0)

.PHONY: bench-faults
bench-faults: $(VENV)/.dev catalogues ## break a cluster under load and count what is lost (PORT=, five minutes)
	@$(BIN)/python -m bench.faults.run --port $(PORT)

.PHONY: lint
lint: $(VENV)/.dev catalogues ## ruff, mypy, templates, catalogues
	@echo "→ ruff …"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Not formatted: run make format." >&2; exit 1; }
	@echo "→ mypy …"
	@$(BIN)/mypy --no-error-summary
	@echo "→ templates …"
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/python -m tests.support.templates
	@echo "→ catalogues …"
	@$(BIN)/python -m tests.support.catalogues check

.PHONY: format
format: $(VENV)/.dev ## lay out the Python code and apply ruff's safe fixes
	@$(BIN)/ruff check --fix --quiet; $(BIN)/ruff format

.PHONY: system
system: $(VENV)/.dev ## see to Chromium, PostgreSQL, Redis and nginx for the tests
	@$(BIN)/python -m tests.support.system --ensure

.PHONY: catalogues
catalogues: $(MO) ## compile the translations

widget/translations/%/LC_MESSAGES/messages.mo: widget/translations/%/LC_MESSAGES/messages.po | $(VENV)/.runtime
	@$(BIN)/pybabel --quiet compile --domain messages --locale $* --input-file $< --output-file $@

.PHONY: messages
messages: $(VENV)/.dev ## bring the five catalogues in step with the sources
	@$(BIN)/python -m tests.support.catalogues update

.PHONY: wheel
wheel: $(VENV)/.dev catalogues ## build the wheel into dist/
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--wheel-dir dist .
	@ls dist/*.whl

.PHONY: lock
lock: $(TOOLS)/bin/pip-compile ## work out both lock files anew from pyproject.toml (UPGRADE=1 takes newer versions)
	@echo "→ requirements.lock …"
	@echo $(ON_OTHER_PYTHONS) | $(PIP_COMPILE) $(if $(UPGRADE),--upgrade) \
		--output-file requirements.lock pyproject.toml -
	@echo "→ requirements-dev.lock …"
	@echo $(ON_OTHER_PYTHONS) | $(PIP_COMPILE) $(if $(UPGRADE),--upgrade) --extra dev \
		--constraint requirements.lock --output-file requirements-dev.lock pyproject.toml -
	@echo "→ bench/peers/requirements.lock …"
	@$(PIP_COMPILE) $(if $(UPGRADE),--upgrade) --output-file bench/peers/requirements.lock bench/peers/requirements.txt
	@if command -v npm > /dev/null; then echo "→ bench/peers/package-lock.json …"; \
		cd bench/peers && npm install --package-lock-only --ignore-scripts --loglevel=error && \
		$(PYTHON) -c "$$NO_FUNDING" package-lock.json; \
	else echo "bench/peers/package-lock.json stays as it is: there is no npm."; fi

.PHONY: clean
clean: ## remove what these tasks made, except the environment and the data
	@rm -rf build dist .make .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results $(MO)
	@find widget tests migrations bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The environment. It knows two states: what the server needs, and that with what developing needs on top.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Byline needs Python 3.11 or newer, and '$(PYTHON)' is not: try make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments: install its venv module (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 1; }
	@echo "→ making a virtual environment in $(VENV)/ …"
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.runtime: requirements.lock | $(BIN)/python
	@echo "→ installing dependencies (about a minute) …"
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

# The development set contains the other one whole, at the very same versions, so it satisfies both.
$(VENV)/.dev: requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "→ installing dependencies for development (about two minutes) …"
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $(VENV)/.runtime $@

$(TOOLS)/bin/pip-compile:
	@echo "→ installing pip-compile …"
	@$(PYTHON) -m venv --clear $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check pip-tools
