# Two commands suffice: `make demo` and `make test`. Everything they need, they install into .venv
# and a cache folder of yours; nothing needs root.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo serve test check format clean

demo: $(READY)
	@$(BIN)/python -m tests.demo

serve: $(READY)
	@$(BIN)/ivr serve

test: $(READY) check
	@$(BIN)/python -m pytest -q

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(READY)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Exact versions of everything, also of what our dependencies need, stand in .ci/constraints.txt.
$(READY): pyproject.toml .ci/constraints.txt
	@echo "Preparing .venv (first time only, about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "ivr needs Python 3.11 or newer; say which with: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "this Python cannot make a venv: install python3-venv, or name another with PYTHON=" >&2; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517 \
	  -c .ci/constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) .run .cache .pytest_cache .mypy_cache .ruff_cache
