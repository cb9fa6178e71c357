# Two commands: `make demo` builds the graph of the five seed texts, `make test` runs the tests.
# Only Python 3.11+ and make are taken for granted; a second run is fast (stamp files inside .venv).

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -qq
# Everything inside the package; a change in it needs no new installation, because the package is installed editable.
SOURCES := $(shell find kg ontology -type f ! -name '*.pyc' 2>/dev/null)

.PHONY: help demo test check lock clean format
.DEFAULT_GOAL := help

help:
	@echo "make demo    build seeds/ into exports/ and say how to look at it"
	@echo "make test    install what the tests need and run them"
	@echo "make check   ruff, mypy, import-linter"
	@echo "make lock    make requirements.lock and requirements-dev.lock anew"
	@echo "make clean   remove what the other targets made (exports/ stays)"

demo: $(VENV)/.kg-core
	@$(BIN)/kg build seeds -o exports
	@echo
	@echo "Made exports/ from the five texts in seeds/. Look at it:"
	@echo "  exports/explorer.html       open it in a browser: search, click a node, every fact with its sentence marked"
	@echo "  exports/report.md           what was read, counted and doubted"
	@echo "  exports/graph.ttl           the facts as Turtle, each with its sentence"
	@echo "  exports/graph.gexf          for Gephi;  nodes.csv, edges.csv: for Neo4j or a spreadsheet"
	@echo "  $(BIN)/kg query --list      the named questions;  kg query NAME answers one"
	@echo "  $(BIN)/kg explain NAME      one node, each fact with its sentence"
	@echo "  $(BIN)/kg serve exports     the same graph as a SPARQL endpoint with a query page, on this machine"
	@echo "  $(BIN)/kg check             the shapes and the offsets"

test: $(VENV)/.kg-dev
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.kg-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.kg-dev
	$(BIN)/ruff format .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kg needs Python 3.11 or newer; call make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The lock pins every package with its hash; kg itself comes from this checkout, without asking for its dependencies again.
$(VENV)/.kg-core: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.kg-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.kg-core

# No index address and no path may get into the locks: they are for every machine.
LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options --build-deps-for editable --resolver=backtracking

lock: | $(BIN)/python
	$(PIP) install pip-tools
	$(LOCK) $(ARGS) --output-file=requirements.lock pyproject.toml
	$(LOCK) $(ARGS) --extra=score --extra=spacy --extra=test --extra=dev --output-file=requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
