# Hot Papers. `make help` lists the targets; each one sets up what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# More than there are processors: tests of the browser, and of programs, wait for much of their time.
WORKERS ?= 3
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

NODE := var/node
LIGHTHOUSE := 12.8.2
VNU := 26.9.27

.PHONY: help setup run sandbox test test-all test-mirror check types lint bench fuzz lighthouse relevance lock system-test-tools test-faults

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

$(VENV)/.base: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=python3.12, for example"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(SUDO) apt-get update -qq; $(SUDO) apt-get install -y -qq python3-venv; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

setup: $(VENV)/.dev ## install everything needed to run and test

run: $(VENV)/.base ## serve the whole product at http://127.0.0.1:8000 (PORT=8080; ARCHIVE=dir imports old posts first)
	@HASHED_STATIC=1 $(BIN)/python manage.py serve $(if $(PORT),--port "$(PORT)") $(if $(ARCHIVE),--archive "$(ARCHIVE)")

sandbox: $(VENV)/.base ## run the whole product against invented services; a day takes a minute (ARGS="--speed 5000 --papers 1000")
	@$(BIN)/python manage.py sandbox $(ARGS)

check: types lint ## types, lint, import rules, templates, migrations

types: $(VENV)/.dev
	$(BIN)/mypy .

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates/admin
	$(BIN)/djlint --quiet --lint --profile jinja templates/readers
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING

# Installs only what is missing. Without a network, the tests say what they need. The headless shell is Chromium for two thirds of the
# processor time; where it is not to be had (Ubuntu), it is asked for once, and any Chromium will do.
APT_INSTALL := $(SUDO) apt-get install -y -qq --no-install-recommends
SHELL_ASKED_FOR := $(NODE)/chromium-headless-shell-asked-for

system-test-tools:
	@mkdir -p -m 700 var && mkdir -p $(NODE)
	@missing=""; command -v chromium-headless-shell >/dev/null || [ -f $(SHELL_ASKED_FOR) ] || missing="chromium-headless-shell"; \
	command -v java >/dev/null || missing="$$missing default-jre-headless"; command -v npm >/dev/null || missing="$$missing npm"; \
	[ -z "$$missing" ] || { $(SUDO) apt-get update -qq; for one in $$missing; do $(APT_INSTALL) $$one; done; }; touch $(SHELL_ASKED_FOR)
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	{ $(SUDO) apt-get update -qq && $(APT_INSTALL) chromium; } || true
	@[ -f $(NODE)/$(LIGHTHOUSE)-$(VNU) ] || { npm install --silent --no-audit --no-fund --no-package-lock \
	--prefix $(NODE) lighthouse@$(LIGHTHOUSE) vnu-jar@$(VNU) && touch $(NODE)/$(LIGHTHOUSE)-$(VNU); } || true

# The generators' tests need hundreds of npm packages: they are test-mirror's.
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --ignore tests/digests/mirror/generators $(ARGS)

# Each of the three keeps one processor busy.
CHECK_AND_INSTALL = @$(MAKE) --no-print-directory --jobs 3 --output-sync types lint system-test-tools

test: ## check, then every test on SQLite, browser included, and on PostgreSQL what may differ there
	$(CHECK_AND_INSTALL)
	$(BIN)/python -m tests.servers --database sqlite -- $(PYTEST)
	$(BIN)/python -m tests.servers --database postgresql -- $(PYTEST) -m "not browser"

test-all: ## check, then every test on both databases
	$(CHECK_AND_INSTALL)
	$(BIN)/python -m tests.servers --database sqlite -- $(PYTEST)
	$(BIN)/python -m tests.servers --database postgresql -- $(PYTEST) --everything

# Hugo and Jekyll come from Debian; the others from npm, in their newest version of the major one that is tried here.
MIRROR_NODE := var/mirror-generators
MIRROR_PACKAGES := @11ty/eleventy@3 astro@5 gatsby-transformer-remark@6 graphql@15

test-mirror: $(VENV)/.dev ## build sites from mirrors with Hugo, Jekyll, Eleventy, Astro and Gatsby's remark, and kill mirrors 50 times
	@missing=""; for one in hugo jekyll npm git; do command -v $$one >/dev/null || missing="$$missing $$one"; done; \
	command -v jekyll >/dev/null || missing="$$missing ruby-kramdown-parser-gfm"; \
	[ -z "$$missing" ] || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; } || true
	@[ -d $(MIRROR_NODE)/node_modules/astro ] || { mkdir -p -m 700 var && npm install --silent --no-audit --no-fund --no-package-lock --legacy-peer-deps \
	--prefix $(MIRROR_NODE) $(MIRROR_PACKAGES); } || true
	MIRROR_KILLS=50 $(BIN)/python -m tests.servers --database sqlite -- $(BIN)/python -m pytest -v \
	tests/digests/mirror/generators tests/digests/mirror/test_mirror_killed.py $(ARGS)

bench: $(VENV)/.dev ## print measured figures and their ratio to a floor of the same run
	$(BIN)/python -m bench

fuzz: $(VENV)/.dev ## look for texts that cost too much or fail, in every function that reads strangers' text (SECONDS=600)
	$(BIN)/python -m tests.attacks.fuzz $(or $(SECONDS),600) $(SEED)

lighthouse: $(VENV)/.dev system-test-tools ## print Lighthouse's scores of eight pages; fails below 100
	$(BIN)/python -m bench lighthouse

relevance: $(VENV)/.dev ## print whether searches bring the paper that is meant first; fails below a floor
	$(BIN)/python -m bench relevance

lock: $(VENV)/.dev ## compile requirements*.in into the pinned, hashed requirements*.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

test-faults: $(VENV)/.dev ## drive the whole running product through kills, outages and full disks; prints figures (FAULTS="redis disk")
	$(BIN)/python -m tests.deployed.faults $(FAULTS)
