# make demo: set up and take a call. make test: set up and run every test. See docs/development/setup.md.
PYTHON ?= python3

.PHONY: help setup demo test bench lint format clean

help:
	@echo "make demo    set up, start everything and take one call"
	@echo "make test    set up and run the tests"
	@echo "make setup   set up only; the program is then .venv/bin/springline"
	@echo "make bench   measure calls, queues, orders, ledger and search, on both databases"
	@echo "make lint    ruff, mypy, import rules, TypeScript types"
	@echo "make format  let ruff format the code"
	@echo "make clean   remove all that set-up made, except the data of a home"

setup:
	@$(PYTHON) -m tools.setup

demo: setup
	@.venv/bin/springline demo

test: setup
	@.venv/bin/python -m tools.check test

bench: setup
	@.venv/bin/python -m tools.check parts sipp postgres
	@.venv/bin/springline bench call-path --report docs/development/benchmarks.md
	@.venv/bin/springline bench waiting --report docs/development/benchmarks.md
	@.venv/bin/springline bench sustained --report docs/development/benchmarks.md
	@.venv/bin/springline bench acd --report docs/development/benchmarks.md
	@.venv/bin/springline bench orders --report docs/development/benchmarks.md
	@.venv/bin/springline bench ledger --report docs/development/benchmarks.md
	@.venv/bin/springline bench customers --report docs/development/benchmarks.md

lint: setup
	@.venv/bin/python -m tools.check lint

format: setup
	@.venv/bin/ruff check --fix --quiet src tests tools || true
	@.venv/bin/ruff format src tests tools

clean:
	rm -rf .venv .springline/engine .springline/tools .springline/cache frontend/node_modules frontend/*/dist
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
