# Everything sets itself up: a machine with Python >= 3.11 and make is enough.
#   make demo    the main job on made-up and recorded traffic, with nothing else running
#   make test    everything that CI wants (the same as make check)

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: setup setup-dev demo serve check test lint types contracts tests validate fix lock bench clean

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Goodput needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml $(VENV)/bin/python
	@echo "Installing Goodput into $(VENV) (about a minute, once) ..."
	@$(PIP) install --require-hashes --no-deps --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q domain adapters alerts tasks flows deployments
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the checks need (once) ..."
	@$(PIP) install --require-hashes --no-deps --requirement requirements-dev.txt
	@touch $@

demo: setup
	@$(BIN)/goodput demo

serve: setup
	@$(BIN)/goodput serve

test: check
check: setup-dev lint types contracts tests validate

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev
	$(BIN)/mypy

contracts: setup-dev
	$(BIN)/lint-imports

tests: setup-dev
	$(BIN)/pytest --numprocesses 2 --dist loadgroup

validate: setup
	$(BIN)/goodput validate

fix: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Needs uv, which this fetches into a folder of its own; the lock names no index.
lock:
	@$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/python -m pip --quiet install 'uv>=0.9,<1'
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --upgrade --group build pyproject.toml --output-file requirements.txt
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --upgrade --group build --group dev --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --upgrade --group build --constraint requirements.txt pyproject.toml benchmarks/requirements.in \
	  --output-file benchmarks/requirements.txt

# Speed, against peers that live in an environment of their own (see benchmarks/README.md).
bench: $(VENV)-bench/.installed setup-dev
	OPENBLAS_NUM_THREADS=1 $(VENV)-bench/bin/python -m benchmarks.histogram
	OPENBLAS_NUM_THREADS=1 $(VENV)-bench/bin/python -m benchmarks.rollups --rows 10000000
	$(BIN)/python -m benchmarks.ingest --rows 50000
	$(BIN)/python -m benchmarks.intake --pages 200
	$(BIN)/python -m benchmarks.status --rows 10000000
	$(BIN)/python -m benchmarks.judging
	$(BIN)/python -m benchmarks.delivering
	$(BIN)/python -m benchmarks.pricing --rows 10000000
	$(BIN)/python -m benchmarks.triage.speed

$(VENV)-bench/.installed: benchmarks/requirements.txt requirements.txt
	@$(PYTHON) -m venv $(VENV)-bench
	@$(VENV)-bench/bin/python -m pip --quiet install --require-hashes --no-deps --requirement benchmarks/requirements.txt
	@$(VENV)-bench/bin/python -m pip --quiet install --no-deps --no-build-isolation --editable .
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-lock $(VENV)-bench .data
