# `make demo` needs Python 3.11 and a network (or a package mirror that pip is configured for).
# Everything it makes stays in this folder: .venv and data/.

PYTHON ?= $(shell for each in python3.11 python3 python; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	&& command -v "$$each" && break; done)
BIN := .venv/bin
TEST_HOME = $(CURDIR)/.cache/test-home
WORKERS ?= 2
SOURCES := src tests benchmarks

.DEFAULT_GOAL := help
.PHONY: help demo demo-end assets browser test test-sqlite test-postgresql check lint types contracts format bench bench-search lock clean

help:
	@echo "make demo    install, simulate a tenant, sync it, show what to ask, and serve the console"
	@echo "make demo-end  end the demo's console"
	@echo "make test    every test on SQLite, then those with a database on PostgreSQL"
	@echo "make check   lint, types, contracts and tests: what must hold before a change"
	@echo "make bench   the figures in benchmarks/"
	@echo "make bench-search  a million assets on both engines, and what searching them takes"
	@echo "make lab     the programs that the scan lab runs (as root, by apt)"
	@echo "make bench-scan  scanning against nmap in the lab (as root; nmap is installed by hand)"
	@echo "make format  put the code into its one format"
	@echo "make assets  fetch and build what the console's pages load"
	@echo "make lock    resolve the exact versions in requirements/ anew"
	@echo "make clean   remove .venv, caches and the demo's data"

demo: .venv/runtime.stamp .venv/assets.stamp
	@MUSTER_HOME=data/demo $(BIN)/muster demo --console

demo-end:
	@if [ -e data/demo/console.pid ]; then kill "$$(cat data/demo/console.pid)" 2>/dev/null; rm -f data/demo/console.pid data/demo/console.url; fi

test: test-sqlite test-postgresql

# The programs that the lab of network namespaces runs (tests/scan/lab); put there where root lacks them.
LAB_PROGRAMS := ip iptables nginx snmpd smbd nmbd dnsmasq avahi-daemon redis-server dropbear vsftpd mosquitto
LAB_PACKAGES := iproute2 iptables nginx-light snmpd samba dnsmasq-base avahi-daemon redis-server dropbear-bin vsftpd mosquitto
LAB_PATH := $(PATH):/usr/local/sbin:/usr/sbin:/sbin
lab:
	@missing=""; for each in $(LAB_PROGRAMS); do PATH="$(LAB_PATH)" command -v $$each >/dev/null || missing="$$missing $$each"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "The scan lab needs:$$missing. As root: apt-get install $(LAB_PACKAGES)"; exit 0; fi; \
	printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d.muster && chmod +x /usr/sbin/policy-rc.d.muster; \
	[ -e /usr/sbin/policy-rc.d ] || { mv /usr/sbin/policy-rc.d.muster /usr/sbin/policy-rc.d; made=1; }; \
	rm -f /usr/sbin/policy-rc.d.muster; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(LAB_PACKAGES) >/dev/null; \
	done=$$?; [ -z "$$made" ] || rm -f /usr/sbin/policy-rc.d; exit $$done

# The browser that tests of the console drive; put there where root lacks it.
browser:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "The console's tests need a Chromium. As root: apt-get install chromium"; exit 0; fi; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null

test-sqlite: .venv/dev.stamp .venv/assets.stamp .venv/sdk.stamp lab browser
	@rm -rf "$(TEST_HOME)" && mkdir -p "$(TEST_HOME)"
	env -u MUSTER_DATABASE_URL -u MUSTER_MASTER_KEY MUSTER_HOME="$(TEST_HOME)" $(BIN)/pytest -q -n $(WORKERS)

test-postgresql: .venv/dev.stamp .venv/assets.stamp
	@rm -rf "$(TEST_HOME)" && mkdir -p "$(TEST_HOME)"
	env -u MUSTER_MASTER_KEY MUSTER_HOME="$(TEST_HOME)" \
		$(BIN)/python tests/with_postgresql.py $(BIN)/pytest -q -n $(WORKERS) -m django_db

check: lint types contracts test

lint: .venv/dev.stamp
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: .venv/dev.stamp
	@mkdir -p "$(TEST_HOME)"
	MUSTER_HOME="$(TEST_HOME)" $(BIN)/mypy

contracts: .venv/dev.stamp
	$(BIN)/lint-imports

format: .venv/dev.stamp
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: .venv/dev.stamp
	$(BIN)/python benchmarks/run.py

# The loaded databases stay in .cache for the next run; `make bench-search ASSETS=20000` is quick.
ASSETS ?= 1000000
SEARCHED = .cache/bench-search/$(ASSETS)
bench-search: .venv/dev.stamp
	@mkdir -p "$(SEARCHED)"
	MUSTER_HOME="$(SEARCHED)" $(BIN)/python benchmarks/search/run.py --assets $(ASSETS) \
		--database "sqlite:$(SEARCHED)/search.sqlite3" --json "$(SEARCHED)/sqlite.json"
	MUSTER_HOME="$(SEARCHED)" $(BIN)/python benchmarks/search/with_kept_postgresql.py "$(SEARCHED)/postgresql" \
		$(BIN)/python benchmarks/search/run.py --assets $(ASSETS) --json "$(SEARCHED)/postgresql.json"

bench-scan: .venv/dev.stamp lab
	$(BIN)/python benchmarks/scan.py

# Where a package comes from is this machine's setting and stays out of the lock files.
LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options
lock: .venv/dev.stamp
	$(LOCK) --build-deps-for editable --output-file requirements/runtime.txt pyproject.toml
	$(LOCK) --output-file requirements/node.txt requirements/node.in
	$(LOCK) --build-deps-for editable --extra dev --constraint requirements/runtime.txt --output-file requirements/dev.txt pyproject.toml
	$(LOCK) --constraint requirements/runtime.txt --output-file requirements/explorer.txt requirements/explorer.in
	$(LOCK) --output-file requirements/sdk.txt requirements/sdk.in
	@touch .venv/runtime.stamp .venv/dev.stamp

clean: demo-end
	rm -rf .venv .cache frontend/node_modules src/muster/console/static/vendor src/muster/assets .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache data/demo

.venv/runtime.stamp: requirements/runtime.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ .venv/runtime.stamp

# What the console loads comes by npm: the machine's, or else one that a wheel brings into .venv.
NPM = $(shell command -v npm || echo $(abspath $(BIN))/npm)
FRONT := frontend/package.json frontend/package-lock.json frontend/collect.py frontend/icons.json
STATIC := $(shell find src/muster/console/static -type f -not -path '*/vendor/*' 2>/dev/null)
assets: .venv/assets.stamp

.venv/assets.stamp: .venv/packages.stamp $(FRONT) $(STATIC)
	$(BIN)/python frontend/collect.py
	@touch $@

.venv/packages.stamp: frontend/package-lock.json | .venv/npm.stamp
	cd frontend && PATH="$(abspath $(BIN)):$$PATH" "$(NPM)" ci --no-audit --no-fund --silent
	@touch $@

.venv/npm.stamp: requirements/node.txt | .venv/runtime.stamp
	@command -v npm >/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
	@touch $@

# runZero's own client, which the tests of the API run against a server of ours.
.venv/sdk.stamp: requirements/sdk.txt | .venv/bin/python
	$(BIN)/python -m venv .venv/sdk
	.venv/sdk/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/sdk.txt
	@touch $@

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Muster needs Python 3.11 (python3.11 or python3). Install it, or say where it is: make PYTHON=/path/to/python3.11"; exit 1; }
	"$(PYTHON)" -m venv .venv
