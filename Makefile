# make check   verify the shipped models        make test   everything a change must pass
# make bench   measure the engines              make lock   renew the lock files after a change of dependencies
#
# Everything is installed into .venv, from the lock files. Name another Python with `make PYTHON=python3.12 test`:
# the environment is then made anew.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LINKS := build/links/fencepost
WORKERS ?= 2

# The first of these that is a supported version is used.
CANDIDATES := $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python)
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))

# Stamps live inside the environment and go with it. The first one carries the interpreter that was asked for.
CREATED := $(VENV)/created-$(subst /,_,$(or $(PYTHON),any))
RUNTIME := $(VENV)/runtime
DEV := $(VENV)/dev

.PHONY: check test bench types format lock clean
.DELETE_ON_ERROR:

check: $(RUNTIME)
	@$(BIN)/fencepost check

test: $(DEV) types
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

bench: $(DEV)
	@$(BIN)/python tests/benchmarks/run.py

format: $(DEV)
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet

# mypy does not run the import hook of an editable install; links show it the installed names.
types:
	@mkdir -p $(LINKS)
	@for folder in model checks traces; do ln -sfn ../../../$$folder $(LINKS)/$$folder; done

$(CREATED):
	@for python in $(CANDIDATES); do \
	    if "$$python" -c '$(SUPPORTED)' 2>/dev/null; then \
	        "$$python" -m venv --clear $(VENV) && touch $@; exit; \
	    fi; \
	done; \
	echo "Fencepost needs Python 3.11, 3.12 or 3.13; none found among: $(CANDIDATES)." >&2; \
	echo "Install one and name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; \
	exit 1

$(RUNTIME): $(CREATED) .ci/requirements.lock pyproject.toml
	@$(PIP) install --require-hashes -r .ci/requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUNTIME) .ci/requirements-dev.lock
	@$(PIP) install --require-hashes -r .ci/requirements-dev.lock
	@touch $@

# Pins that still fit are kept; delete the lock files first to move everything to its newest version.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
    --no-build --no-annotate --custom-compile-command 'make lock'
lock: $(CREATED)
	@$(PIP) install uv
	@$(BIN)/$(LOCK) pyproject.toml --group build -o .ci/requirements.lock
	@$(BIN)/$(LOCK) pyproject.toml --group build --extra dev -c .ci/requirements.lock -o .ci/requirements-dev.lock

clean:
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
