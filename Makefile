# make lab    opens the course, in a copy of your own
# make test   runs everything: lint, unit tests, every notebook, the browser tests
# make quick  lint, and the tests of the mathematics and the exercises: for whoever changes a line
# make site   builds the course as pages, into build/site; with PYODIDE=folder they need no net,
#             with ADDRESS=https://… REPOSITORY=owner/name they have copies of the lessons for Colab
# make grades FROM=folder  grades what a class handed in, into build/grades
# make class  copies without solutions, the pages as a zip, a handout and a test, into build/class;
#             HINTS=no leaves the hints out, HINTS=all keeps all three
# make lint   the linters alone; make bundle joins the panels' scripts after a change
# make measures  counts what the course holds
# make mutations  spoils the library in one place at a time, and says which changes no test notices
# make bench  prints the benchmarks' tables
# make lock   resolves the pinned versions anew
# make clean  removes the environments and all that was built

PYTHON ?= python3
LAB_ARGS ?=

# One environment for each version of Python, so that PYTHON=python3.13 never mixes with 3.11.
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
# OLDEST=1 tests with the oldest versions that are promised, in an environment of their own.
ENV := .venv/$(VERSION)$(if $(OLDEST),-oldest)
NBGRADER := .venv/$(VERSION)-nbgrader
PINS := requirements/$(if $(OLDEST),oldest,test).txt
PY := $(ENV)/bin/python
ifeq ($(OS),Windows_NT)
$(error make is not used on Windows: the README has the lines for PowerShell)
endif

# Nothing of the user's own set-up may leak into the environment.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV CONDA_PREFIX
unexport PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV UV_PROJECT_ENVIRONMENT UV_SYSTEM_PYTHON
unexport UV_REQUIRE_HASHES UV_NO_BUILD UV_EXCLUDE_NEWER JUPYTER_PATH
export PIP_USER := 0
export JUPYTER_PREFER_ENV_PATH := 1
export PYDEVD_DISABLE_FILE_VALIDATION := 1

UV := $(PY) -m uv --no-config
NO_NET := { echo "That could not be installed. Is the net reachable? Then run the same command again: nothing is lost."; exit 1; }
# What an interrupted installation left half written is written again.
HALF := $(ENV)/half-installed
define INSTALL
@again=$$(test ! -e $(HALF) || echo --reinstall); touch $(HALF); \
    $(UV) pip install --python $(PY) $$again --require-hashes --requirement $(1) || $(NO_NET)
@rm $(HALF)
endef
# JupyterLab's question whether it may fetch news, and its search for updates. The file that disables
# it is the one that `jupyter labextension disable` writes, which takes three seconds to start.
NEWS := @jupyterlab/apputils-extension:announcements
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: lab site test test-env lint quick class grades measures bundle mutations bench lock clean python

lab: $(ENV)/lab
	$(PY) -m tools.learner_copy
	$(PY) -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/my_lessons/00_start_here.ipynb \
	    $(AS_ROOT) $(LAB_ARGS)

site: $(ENV)/site node_modules
	PYTHONPATH=. $(PY) site/build_site.py build/site $(if $(PYODIDE),--pyodide $(PYODIDE)) \
	    $(if $(ADDRESS),--address $(ADDRESS)) $(if $(REPOSITORY),--repository $(REPOSITORY))

# The pages and nbgrader are tested with today's versions alone: the oldest are promised to learners.
test: lint $(if $(OLDEST),,$(ENV)/site-test $(NBGRADER)/installed)
	$(PY) -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder $(if $(OLDEST),--ignore=tests/site --ignore=tests/tools/test_nbgrader.py)

quick: lint
	$(PY) -m pytest --quiet --numprocesses=2 -m "not slow" tests/mathematics tests/exercises tests/test_house.py

lint: test-env
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	test ! -x $(ENV)/bin/biome || $(ENV)/bin/biome check

# What bundles scripts and sets formulas; without npm the tests that need it are skipped, and say so.
test: $(if $(shell command -v npm),node_modules)

node_modules: package-lock.json
	@command -v npm >/dev/null || \
	    { echo "npm is missing: install Node.js 20 or later (on Debian and Ubuntu: apt install npm), then try again"; exit 1; }
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# RISK=1 runs hand-ins without a sandbox, as you.
grades: $(ENV)/lab
	@test -n "$(FROM)" || { echo "Say where the hand-ins are: make grades FROM=folder"; exit 1; }
	$(PY) -m tools.grades "$(FROM)" $(if $(RISK),--without-sandbox)

class: site
	PYTHONPATH=.:site $(PY) -m tools.classroom $(if $(HINTS),--hints $(HINTS))

measures: test-env
	PYTHONPATH=. $(PY) tools/measures.py

# After a change of the panels' scripts.
bundle: node_modules
	npm run bundle

test-env: $(ENV)/test

mutations: $(ENV)/mutations
	$(PY) -m tools.mutations $(FILES)

bench: $(ENV)/test
	for bench in benchmarks/bench_*.py; do PYTHONPATH=.:tests:site $(PY) $$bench || exit 1; done

# The paths of this folder and of its Python stand in many files of an environment. So it is made anew
# when the folder was moved or copied, or that Python is gone.
AS_IT_WAS := { pwd -P | cmp -s - $(ENV)/setup && $(PY) -c ""; } 2>/dev/null
MOVED := $(shell test ! -e $(ENV)/setup || $(AS_IT_WAS) || rm $(ENV)/setup)

# A file with the name of a step exists once that step is done: a second run has nothing to do, an
# interrupted one starts the step again.
$(ENV)/lab: $(ENV)/setup requirements/lab.txt pyproject.toml
	@echo "Installing JupyterLab and the course's library ..."
	$(call INSTALL,requirements/lab.txt)
	$(UV) pip install --python $(PY) --no-build-isolation --no-deps --editable .
	@mkdir -p $(ENV)/etc/jupyter/labconfig
	echo '{"disabledExtensions": {"$(NEWS)": true}}' > $(ENV)/etc/jupyter/labconfig/page_config.json
	@touch $@

$(ENV)/test: $(ENV)/lab $(PINS)
	@echo "Installing what the tests need ..."
	$(call INSTALL,$(PINS))
	@touch $@

$(ENV)/mutations: $(ENV)/test requirements/mutations.txt
	@echo "Installing what changes the library ..."
	$(call INSTALL,requirements/mutations.txt)
	@touch $@

$(ENV)/site: $(ENV)/lab requirements/site.txt requirements/lite.txt
	@echo "Installing what builds the pages ..."
	$(call INSTALL,requirements/site.txt)
	rm -rf $(ENV)/lite
	$(PY) -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps \
	    --only-binary=:all: --platform any --python-version 3.12 \
	    --requirement requirements/lite.txt --dest $(ENV)/lite
	@touch $@

$(ENV)/site-test: $(ENV)/site $(ENV)/test requirements/browser.txt
	@echo "Installing a browser's Python, for the tests of the pages ..."
	$(call INSTALL,requirements/browser.txt --no-deps)
	@touch $@

$(NBGRADER)/installed: $(ENV)/setup requirements/nbgrader.txt
	@echo "Installing nbgrader, in an environment of its own, for the test of its assignments ..."
	$(PYTHON) -m venv --clear --without-pip $(NBGRADER)
	$(UV) pip install --python $(NBGRADER)/bin/python --require-hashes --requirement requirements/nbgrader.txt
	@touch $@

$(ENV)/setup: requirements/setup.txt | python
	@echo "Making an environment for Python $(VERSION) in $(ENV) ..."
	$(PYTHON) -m venv --clear $(ENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/setup.txt || $(NO_NET)
	@pwd -P > $@

python:
	@$(PYTHON) --version >/dev/null 2>&1 || \
	    { echo "$(PYTHON) does not run: name a Python 3.11 or later, as in: make lab PYTHON=python3.13"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "The course needs Python 3.11 or later, and $(PYTHON) is $(VERSION): try make lab PYTHON=python3.13"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	    { echo "$(PYTHON) lacks its venv module: install it (on Debian and Ubuntu: apt install python$(VERSION)-venv), then try again"; exit 1; }

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header --no-annotate $(UPGRADE)

lock: $(ENV)/setup
	$(COMPILE) requirements/setup.in -o requirements/setup.txt
	$(COMPILE) pyproject.toml --extra lab -o requirements/lab.txt
	$(COMPILE) pyproject.toml --extra lab --extra test -c requirements/lab.txt -o requirements/test.txt
	$(COMPILE) requirements/site.in -c requirements/test.txt -o requirements/site.txt
	$(COMPILE) pyproject.toml requirements/nbgrader.in --extra lab -c requirements/lab.txt -o requirements/nbgrader.txt
	$(COMPILE) requirements/lite.in --no-deps -c requirements/lab.txt -o requirements/lite.txt
	$(COMPILE) requirements/browser.in --no-deps -o requirements/browser.txt
	$(COMPILE) requirements/mutations.in -c requirements/test.txt -c requirements/site.txt -o requirements/mutations.txt
	cp requirements/test.txt requirements/oldest.txt
	$(COMPILE) pyproject.toml --extra lab --extra test -c requirements/oldest.in -o requirements/oldest.txt

clean:
	rm -rf .venv build
