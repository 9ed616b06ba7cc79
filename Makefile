# Everything is done by `make demo` and `make test`; each sets up what it needs first. `make help` lists the rest.
SHELL := /bin/bash
BIN := .venv/bin
# Handed on to the demo or to pytest, for example: make demo ARGS="--seconds 20", make test ARGS=tests/registry
ARGS ?=
export PYTHON

.PHONY: help setup demo bench compare fuzz chaos soak test lint format lock clean distclean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

setup: ## find Python, install everything into .venv, put the connector into its Hummingbot
	@.ci/setup.sh

demo: setup ## watch Hummingbot make a market on a venue of our own (ARGS="--seconds 60 ...")
	@$(BIN)/hummingbot-ccxt demo $(ARGS)

bench: setup ## measure our connector beside Hummingbot's native one (ARGS="--quick --exchange okx ...")
	@$(BIN)/hummingbot-ccxt bench $(ARGS)

compare: setup ## compare Hummingbot's native connectors with ours on all six wires (ARGS="--scenario NAME ...")
	@$(BIN)/hummingbot-ccxt compare all --json build/compare/report.json --html build/compare/report.html $(ARGS)

# Recorded messages of real venues, where a folder of them lies beside this one, are seeds as well.
RECORDINGS := $(wildcard ../shared/recordings)

fuzz: setup ## feed bad input to translators and stream handlers (ARGS="--inputs 1000000 --seed 1 ...")
	@$(BIN)/hummingbot-ccxt fuzz --json build/fuzz/report.json $(if $(RECORDINGS),--recordings $(RECORDINGS)) $(ARGS)

chaos: setup ## let everything go wrong, and count what got lost (ARGS="--orders 10000 --native ...")
	@$(BIN)/hummingbot-ccxt chaos $(ARGS)

soak: setup ## trade steadily for half an hour and watch what grows (ARGS="--minutes 60", ARGS=--load)
	@$(BIN)/hummingbot-ccxt soak $(ARGS)

test: setup ## run all checks and tests (ARGS=what pytest shall run)
	@$(MAKE) --no-print-directory checks
	@$(BIN)/python -m pytest -n 8 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: setup ## run the checks only: ruff and mypy
	@$(MAKE) --no-print-directory checks

.PHONY: checks
checks:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup ## put the code into ruff's format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: ## resolve .ci/requirements.in into .ci/requirements.lock (ARGS=--upgrade: the newest of everything)
	@.ci/setup.sh --lock $(ARGS)

clean: ## remove what builds, checks and tests leave behind
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find hummingbot_ccxt mappings tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove .venv too; the next set-up takes Hummingbot from uv's cache
	rm -rf .venv
