# make app         sets everything up at the first call, then runs the app for this machine;
#                  ADDRESS=0.0.0.0 lets others in
# make test        sets up what the tests need, then checks style, imports and types and runs them
# make fast        the same without browser, training and servers: in a minute
# make test-slow   what takes longer
# make coverage    the tests that need no browser, and which lines they have run
#
# make lint        puts the style right
# make types       checks the types
# make docs        writes what documents take from measurements and from the code
# make screenshots makes the pictures of the documents anew
# make bench       measures the speed and writes it into the documents
# make load        50 visitors at once, then 1,000 films in a row, against the running app
# make fuzz        fuzzes the reader, FUZZ_SECONDS with each of two fuzzers
# make wheel       builds the package into dist/
# make lock        writes the lock files anew, of which the others install every file by its hash;
#                  LATEST=1 makes them take the newest within the bounds of requirements*.txt

VENV := .venv
PYTHON := $(VENV)/bin/python
PORT ?= 8501
ADDRESS ?= 127.0.0.1
WORKERS ?= 2
FUZZ_SECONDS ?= 900
SAMPLES := $(or $(XRAY_HOME),data)/samples
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
INSTALL = $(PYTHON) -m pip install --quiet --disable-pip-version-check
# A file goes to one process, so that its tests share what they have set up; the files that take
# long are the first, in the order of tests/conftest.py.
PYTEST = $(PYTHON) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(if $(COVERAGE),--cov --cov-report=)
FAST := not slow and not browser and not training and not heavy

.PHONY: app test fast test-slow coverage style imports types lint docs screenshots bench load fuzz wheel lock clean

app: $(VENV)/app.stamp | $(SAMPLES)
	@$(PYTHON) -m streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS) --server.headless true \
	  $(if $(filter-out 127.0.0.1 localhost,$(ADDRESS)),--server.allowedHosts "*")

test: style imports types | $(SAMPLES)
	@.ci/chromium
	$(PYTEST) -m "not slow"

fast: style imports types | $(SAMPLES)
	$(PYTEST) -m "$(FAST)"

test-slow: $(VENV)/test.stamp
	$(PYTHON) -m pytest -m slow

coverage: $(VENV)/test.stamp | $(SAMPLES)
	$(PYTEST) --cov --cov-report= -m "not slow and not browser"
	$(PYTHON) -m coverage report

style: $(VENV)/test.stamp
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

imports: $(VENV)/test.stamp
	$(VENV)/bin/lint-imports --no-logo

types: $(VENV)/test.stamp
	$(PYTHON) -m mypy

lint: $(VENV)/test.stamp
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

docs: $(VENV)/test.stamp
	$(PYTHON) -m scripts.write_documents

screenshots: $(VENV)/test.stamp
	$(PYTHON) -m scripts.screenshots
	$(PYTHON) -m scripts.tour

bench: $(VENV)/test.stamp
	$(PYTHON) -m benchmarks
	$(PYTHON) -m scripts.write_documents

load: $(VENV)/test.stamp
	$(PYTHON) -m tests.load

fuzz: $(VENV)/test.stamp
	$(INSTALL) -r requirements-fuzz.txt
	$(PYTHON) -m tests.fuzz hypothesis --seconds $(FUZZ_SECONDS)
	$(PYTHON) -m tests.fuzz atheris --seconds $(FUZZ_SECONDS)

wheel: $(PYTHON)
	$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

lock: $(VENV)/test.stamp
	$(PYTHON) -m scripts.lock

clean:
	rm -rf $(VENV) dist .pytest_cache .ruff_cache .mypy_cache .import_linter_cache

$(PYTHON):
	@for candidate in "$$XRAY_PYTHON" python3.12 python3.11 python3 python; do \
	  if [ -n "$$candidate" ] && $$candidate -c '$(SUPPORTED)' 2>/dev/null; then \
	    $$candidate -m venv $(VENV) && exit 0; rm -rf $(VENV); exit 1; fi; done; \
	echo "Expected Python 3.11 or 3.12 on the PATH and found neither: install one of them, or name it as XRAY_PYTHON." >&2; exit 1

$(VENV)/app.stamp: requirements.txt requirements.lock | $(PYTHON)
	$(INSTALL) $(if $(LATEST),-r requirements.txt,--require-hashes -r requirements.lock)
	@.ci/system-libraries $(PYTHON)
	@touch $@

$(SAMPLES): | $(VENV)/app.stamp
	@$(PYTHON) -m xray_core data samples || echo "Without the sample films the app starts and tests that need them are skipped."

$(VENV)/test.stamp: requirements-test.txt requirements-test.lock $(VENV)/app.stamp
	$(INSTALL) $(if $(LATEST),-r requirements-test.txt,--require-hashes -r requirements-test.lock)
	@touch $@
