# Two commands do everything: `make demo` and `make test`. Both make the locked environment in .venv first.

PYTHON ?= python3
BIN := .venv/bin
TEST_PROCESSES ?= 2
TEST_ARGS ?=
CORPUS ?= ../shared/corpus
# A commit waits some milliseconds for the disk, and the tests make tens of thousands: they work in memory where there is room.
# What Python has compiled is kept, whatever the shell says: they start dozens of servers.
MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 {print "/dev/shm"}')

.PHONY: demo test check-long conformance bench lighthouse lint vendor fonts system-packages clean

demo: .venv/run fonts
	@$(BIN)/survey demo

test: .venv/test system-packages
	@$(BIN)/ruff check .
	@PYTHONDONTWRITEBYTECODE= $(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/pytest -q -n $(TEST_PROCESSES) --dist worksteal -m "not long" $(TEST_ARGS)

# The checks that take longer than a coffee: more crashes, more random weeks, the campaign at full size.
check-long: .venv/test system-packages
	@$(BIN)/pytest -q -m long $(TEST_ARGS)

# Cases that others wrote, run against the form engine; docs/forms-conformance.md says what passes and why the rest does not.
conformance: .venv/test
	@$(BIN)/python -m forms.conformance $(CORPUS) $(ONLY)

bench: .venv/test fonts
	@$(BIN)/python -m benchmarks $(ONLY)

# Lighthouse (mobile) on the pages that residents see first; needs node. LIGHTHOUSE names an installed one, else npx fetches it.
lighthouse: .venv/test system-packages
	@$(BIN)/python -m benchmarks._lighthouse

lint: .venv/test
	@$(BIN)/ruff check .

# The engine of forms in the browser, made anew from the npm registry by name, version and checked content. Needs node and npm;
# nothing of it is needed to install, run or test.
vendor:
	@node survey/static/vendor/build.mjs

.venv/run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Making the environment in .venv (once; takes about a minute) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null
	@touch $@

.venv/test: requirements-test.lock .venv/run
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

# A Chinese TrueType font for printing, from Debian, where this user may install packages. Never fails: `survey codes
# print` says what to do when it finds no font.
fonts:
	@sh tests/system-packages.sh fonts-wqy-microhei fonts-hanazono

system-packages:
	@sh tests/system-packages.sh chromium fonts-wqy-microhei fonts-hanazono minisign
	@sh tests/system-packages.sh chromium-headless-shell  # some systems lack it: then the tests take chromium itself

clean:
	rm -rf .venv build *.egg-info
