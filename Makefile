# One command each; every target sets up what it needs. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
PORT ?= 8000
SOURCES := bot flows scoring storage locales tests bench tools

.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE # tests are compiled once, not for every process
.PHONY: help chat web test slow browser check fix bench peers docs wheel audit sbom lock clean

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/run: requirements/run.lock requirements/build.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "shuping needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) …" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements/run.lock -r requirements/build.lock
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/dev: requirements/dev.lock $(VENV)/run
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

chat: $(VENV)/run ## start the assessment in this terminal
	@$(BIN)/shuping chat $(ARGS)

web: $(VENV)/run ## serve the page from this machine, to every phone in this network (PORT=8000)
	@SHUPING_WEB_LISTEN=0.0.0.0:$(PORT) $(BIN)/shuping web --qr $(ARGS)

test: $(VENV)/dev ## run the tests (about four minutes on two cores)
	@$(BIN)/python -m pytest -n 2 -m "not slow and not browser" $(ARGS)

slow: $(VENV)/dev ## run the longer tests
	@$(BIN)/python -m pytest -n 2 -m slow $(ARGS)

browser: $(VENV)/dev ## try the page in a real browser (needs Chromium)
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m pytest -n 2 -m browser tests/browser $(ARGS)

check: $(VENV)/dev ## lint, types, import direction, generated files
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.diagram --check
	@$(BIN)/python -m tools.conversation --check
	@$(BIN)/python -m tools.notice --check

fix: $(VENV)/dev ## format, and mend what can be mended by itself
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

bench: $(VENV)/dev ## measure; prints a table with ratios
	@$(BIN)/python -m bench $(ARGS)

peers: ## an environment for the other bots that `bench telegram` measures
	@$(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --disable-pip-version-check -qq -r bench/peers/requirements.txt

docs: $(VENV)/dev ## draw the generated parts of the documentation again
	@$(BIN)/python -m tools.diagram
	@$(BIN)/python -m tools.conversation
	@$(BIN)/python -m tools.notice

wheel: $(VENV)/dev ## build the wheel, install it in an empty environment, and use it there
	@PYTHON=$(BIN)/python sh tools/try_wheel.sh

audit: $(VENV)/dev ## hashes, licences and known holes of what is shipped
	@$(BIN)/python -m tools.audit $(ARGS)

sbom: $(VENV)/dev ## write dist/shuping.cdx.json: everything that is shipped, for other tools (CycloneDX)
	@PYTHON=$(BIN)/python sh tools/sbom.sh dist/shuping.cdx.json

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

lock: ## pin all dependencies again, with hashes (needs uv)
	$(COMPILE) pyproject.toml --extra postgres --output-file requirements/run.lock
	$(COMPILE) --group build --output-file requirements/build.lock
	$(COMPILE) --group build --group dev pyproject.toml --all-extras --output-file requirements/dev.lock

clean: ## remove the environment and what was built
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
