# The targets a person or a machine needs; `make` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps

# What the settings in the environment need beyond the embedded default.
comma := ,
EXTRAS := $(strip $(if $(findstring postgresql,$(EVENTAPP_DATABASE_URL)),postgres) $(if $(EVENTAPP_REDIS_URL),redis))
RUN_STAMP := $(STAMPS)/run$(subst $(eval ) ,,$(addprefix -,$(EXTRAS)))
TEST_STAMP := $(STAMPS)/test
# The tests start from nothing: no setting of whoever calls them reaches them. What is compiled once is kept: without it each
# process, and there are hundreds, would compile all of it again.
CLEAN := env -u PYTHONDONTWRITEBYTECODE $(foreach name,$(filter EVENTAPP_%,$(.VARIABLES)),-u $(name))

.PHONY: help run demo test check bench translations clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: $(RUN_STAMP) ## install, bring the database up to date, serve
	@$(BIN)/eventapp setup
	@exec $(BIN)/eventapp run

demo: $(RUN_STAMP) ## serve a demonstration edition with 600 made-up delegates, from a database of its own
	@exec $(BIN)/eventapp demo

test: $(TEST_STAMP) ## run every check and every test, on SQLite and on PostgreSQL
	@failed=0; \
	$(MAKE) --no-print-directory check || failed=1; \
	$(CLEAN) EVENTAPP_TEST_ENGINE=sqlite EVENTAPP_TEST_WHOLE=1 $(BIN)/python -m pytest -q -n 3 || failed=1; \
	$(CLEAN) EVENTAPP_TEST_ENGINE=postgresql $(BIN)/python -m pytest -q -n 3 \
	  tests --ignore=tests/journeys --ignore=tests/rules --ignore=tests/house || failed=1; \
	exit $$failed

check: $(TEST_STAMP) ## run the quick checks: format, lint, types, floors, templates, translations
	@failed=0; mkdir -p $(STAMPS); \
	$(CLEAN) $(BIN)/mypy > $(STAMPS)/types.txt 2>&1 & types=$$!; \
	$(BIN)/ruff format --check -q . || failed=1; \
	$(BIN)/ruff check -q . || failed=1; \
	$(BIN)/lint-imports --no-cache > $(STAMPS)/imports.txt || { cat $(STAMPS)/imports.txt; failed=1; }; \
	$(BIN)/djlint --lint --quiet eventapp/templates || failed=1; \
	$(CLEAN) $(BIN)/python -m pytest -q -p no:randomly tests/house/test_translations.py || failed=1; \
	wait $$types || failed=1; cat $(STAMPS)/types.txt; \
	exit $$failed

bench: $(TEST_STAMP) ## measure speed, each figure beside its yardstick
	@$(CLEAN) $(BIN)/python -m benchmarks

translations: $(TEST_STAMP) ## collect the texts and bring the catalogues up to date
	@$(CLEAN) $(BIN)/python scripts/catalogues.py

clean: ## remove what was installed and made, never what is in instance/
	rm -rf $(VENV) *.egg-info build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "eventapp needs Python 3.11 or newer as $(PYTHON); name another one: make PYTHON=python3.12 run" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python has no venv here; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(RUN_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing (this happens once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.$(if $(EXTRAS),[$(subst $(eval ) ,$(comma),$(EXTRAS))])'
	@mkdir -p $(STAMPS) && touch $@

$(TEST_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what the tests need (this happens once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[test,postgres,redis]'
	@bash scripts/browser.sh $(BIN)/python
	@mkdir -p $(STAMPS) && touch $@
