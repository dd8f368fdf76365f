# `make lab` opens the lessons, `make test` runs every test; both build .venv when it is needed.

PYTHON ?= python3
ARGS ?=
# Test processes; tests/conftest.py says which tests stay together.
JOBS ?= auto
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
CATALOGUES := -D autograd_lab -d autograd_lab/locale

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab test lint bench soak stub notebooks translations clean

help:
	@echo "make lab           open the lessons in JupyterLab (ARGS=--no-browser prints the address)"
	@echo "make test          run every test (ARGS='-k name' some of them)"
	@echo "make lint          what pre-commit runs: ruff and mypy"
	@echo "make bench         measure the engine beside micrograd, and PyTorch where it is installed"
	@echo "make soak          run random comparisons, fuzzing and faults at full length (hours)"
	@echo "make notebooks     build the lessons and exercises from their text sources"
	@echo "make stub          tell editors about the methods that operations bind to tensors"
	@echo "make translations  collect the texts to translate, and compile the translations"
	@echo "make clean         remove .venv and everything that was built"

lab: .venv/.lab
	@.venv/bin/autograd-lab lab $(ARGS)

# Compiled first: the tests start hundreds of processes, and Python may be told to write no bytecode.
test: .venv/.test
	@$(PY) -m compileall -q autograd_lab
	@$(PY) -m pytest -n $(JOBS) --no-loadscope-reorder $(ARGS)

lint: .venv/.test
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy

bench: .venv/.bench
	@$(PY) benchmarks/engine.py $(ARGS)
	@$(PY) benchmarks/views.py
	@$(PY) -m benchmarks.checks
	@$(PY) -m benchmarks.trace
	@$(PY) -m benchmarks.grading

soak: .venv/.test
	@AUTOGRAD_LAB_CI=1 AUTOGRAD_LAB_PROGRAMS=20000 AUTOGRAD_LAB_PRINTED=20000 \
	  AUTOGRAD_LAB_FUZZ=2000 AUTOGRAD_LAB_FAULTS=50 AUTOGRAD_LAB_SEEDS=200 \
	  $(PY) -m pytest tests/torch_parity/test_programs.py tests/torch_parity/test_printing.py tests/grading $(ARGS)

stub: .venv/.test
	@$(PY) -m autograd_lab.engine.stub

notebooks: .venv/.test
	@$(PY) -m autograd_lab.authoring.build notebooks
	@.venv/bin/autograd-lab course build exercises

translations: .venv/.test
	@.venv/bin/pybabel -q extract -F babel.cfg -k ngettext:1,2 --no-location --no-wrap -o .venv/texts.pot \
	  autograd_lab exercises/*/q*_checks.py
	@.venv/bin/pybabel -q update $(CATALOGUES) -i .venv/texts.pot --no-wrap --no-fuzzy-matching \
	  --ignore-obsolete --ignore-pot-creation-date
	@.venv/bin/pybabel -q compile $(CATALOGUES) --statistics

clean:
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp says which extras .venv holds; it is outdated when pyproject.toml changes. The build
# backend stands in .venv, so that nothing is fetched where everything is there.
.venv/.%: pyproject.toml .venv/pyvenv.cfg
	@echo "Installing autograd_lab[$*] into .venv (the first time takes minutes)"
	@$(PIP) install 'hatchling>=1.25'
	@$(PIP) install --no-build-isolation --editable '.[$*]'
	@touch $@

.venv/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no $(PYTHON): install Python 3.11 or newer, or name yours: make PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "autograd_lab needs Python 3.11 or newer, this is $$($(PYTHON) --version): make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo "Python's venv is missing: sudo apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
