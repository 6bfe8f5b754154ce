# `make demo` tries the bot here, `make test` runs every test; both set up what they need by themselves.

PYTHON := $(firstword $(foreach name,python3.13 python3.12 python3.11 python3 python,$(shell \
	$(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: demo test venv lint format lock

demo: $(VENV)/run.stamp
	@exec $(BIN)/python -m bot demo $(DEMO)

test: venv
	@$(BIN)/python -m pytest -n auto --dist worksteal $(TESTS)

venv: $(VENV)/develop.stamp

lint: venv
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: venv
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# Locks what pyproject.toml asks for, with hashes, for every platform.
lock: venv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--group dev --constraint requirements.txt pyproject.toml -o requirements-dev.txt

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found on the PATH." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) could not make $(VENV); on Debian install python3-venv." >&2; exit 2; }

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/develop.stamp: requirements-dev.txt | $(VENV)/bin/python
	@$(INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp
