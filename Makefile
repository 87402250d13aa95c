# `make` alone explains itself.
.DEFAULT_GOAL := help
PY := .venv/bin/python
RASA := .venv-rasa/bin/python
.PHONY: help run test test-long check train release dev clean lock environments web

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: environments ## Set everything up and serve it at http://127.0.0.1:8000 until Ctrl-C
	@exec $(PY) -m ops.serve

test: environments web ## Set up, lint, type-check, validate the data, and run every test
	@exec $(PY) -m ops.test

test-long: environments ## The tests that take minutes: thousands of LINE events through faults and kills
	@exec $(PY) -m pytest -q -s -m long

check: environments ## Lint, format, types, import rules, data: what CI runs before the tests
	@exec $(PY) -m ops.check

train: environments ## Train the Rasa model if its data changed
	@RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=2 SQLALCHEMY_SILENCE_UBER_WARNING=1 $(RASA) -m bot.nlu.train

release: environments ## Build dist/: the wheel, bills of materials, licences
	@exec $(PY) -m ops.release

dev: environments ## Serve the web pages with live reload against a running `make run`
	@cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run dev

lock: environments ## Pin the newest allowed packages again (requirements/*.txt)
	@exec $(PY) -m ops.lock

clean: ## Remove environments, builds, models and test output; keeps var/ (your data)
	rm -rf dist .venv .venv-rasa .uv web/node_modules web/dist var/models .mypy_cache .ruff_cache .pytest_cache

environments:
	@python3 -m ops.environments

web: environments
	@$(PY) -m ops.webapp
