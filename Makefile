# make run    the portal on http://127.0.0.1:5000 (HOST=… PORT=…), set up on the first call
# make test   all tests, with what they need besides (ARGS="-k code" for some of them)
# make check  lint, types, templates, texts, settings table and all tests: what CI runs
# make bench  what a sign-in costs, against a bare application (QUICK=1: under four minutes)
# make bench-console  every list of the console among a million users (QUICK=1: a small town, some of the pages)
# make faults  is a code sent once at most whatever is killed? 500 runs on each kind of storage (ARGS="--runs 50 --seed 1")
# make texts  take new sentences into the Chinese catalogue, and say which are not translated
# make requirements  pin anew what requirements.in, requirements-ldap.in and requirements-dev.in ask for
# make help   this list

SHELL := /bin/bash
PYTHON ?= python3
IN := .venv/bin/python
# Without compiled files every start costs twice as much.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test check bench bench-console faults texts requirements
.DEFAULT_GOAL := help

help:
	@sed -n '/^# make /s/^# //p' Makefile

run: .venv/ready
	@exec scripts/run

test: .venv/ready-for-tests
	@scripts/test-packages
	@scripts/test-provider
	@scripts/test-ldap
	@$(IN) -m pytest $(ARGS)

check: .venv/ready-for-tests
	@scripts/lint
	@$(MAKE) --no-print-directory test

bench: .venv/ready-for-tests
	@scripts/test-packages
	@$(IN) -m bench.run $(if $(QUICK),--quick) $(ARGS)

bench-console: .venv/ready-for-tests
	@scripts/test-packages
	@$(IN) -m bench.console $(if $(QUICK),--quick) $(ARGS)

faults: .venv/ready-for-tests
	@scripts/test-packages
	@$(IN) -m bench.faults $(ARGS)

texts: .venv/ready-for-tests
	@scripts/update-texts

requirements: .venv/ready-for-tests
	$(IN) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade requirements.in -o requirements.txt
	$(IN) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements.txt requirements-dev.in -o requirements-dev.txt
	$(IN) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements.txt --upgrade requirements-ldap.in -o requirements-ldap.txt

.venv/ready: requirements.txt
	@PYTHON=$(PYTHON) scripts/environment
	@$(IN) -m pip install -q --no-input --require-hashes -r requirements.txt
	@touch $@

.venv/ready-for-tests: requirements-dev.txt requirements.txt
	@PYTHON=$(PYTHON) scripts/environment
	@$(IN) -m uv --version >/dev/null 2>&1 || $(IN) -m pip install -q --no-input "$$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements-dev.txt)"
	@$(IN) -m uv pip sync -q --compile-bytecode --require-hashes --python $(IN) requirements-dev.txt || \
		{ echo "uv could not; trying pip, which takes longer." >&2; $(IN) -m pip install -q --no-input --require-hashes -r requirements-dev.txt; }
	@touch .venv/ready $@
