# make app    sets everything up at the first call, then runs the app
# make test   sets up what the tests need, then runs them
# make load   50 visitors at once, then 1,000 films in a row, against the running app
# make fuzz   fuzzes the reader, FUZZ_SECONDS with each of two fuzzers

VENV := .venv
PYTHON := $(VENV)/bin/python
PORT ?= 8501
FUZZ_SECONDS ?= 900
SAMPLES := $(or $(XRAY_HOME),data)/samples
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))

.PHONY: app test test-slow bench fuzz load lint screenshots clean

app: $(VENV)/app.stamp | $(SAMPLES)
	@$(PYTHON) -m streamlit run app.py --server.port $(PORT) --server.headless true

test: $(VENV)/test.stamp | $(SAMPLES)
	@.ci/chromium
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m pytest -m "not slow"

test-slow: $(VENV)/test.stamp
	$(PYTHON) -m pytest -m slow

bench: $(VENV)/test.stamp
	$(PYTHON) -m benchmarks
	$(PYTHON) -m scripts.write_documents

load: $(VENV)/test.stamp
	$(PYTHON) -m tests.load

fuzz: $(VENV)/test.stamp
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-fuzz.txt
	$(PYTHON) -m tests.fuzz hypothesis --seconds $(FUZZ_SECONDS)
	$(PYTHON) -m tests.fuzz atheris --seconds $(FUZZ_SECONDS)

lint: $(VENV)/test.stamp
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

screenshots: $(VENV)/test.stamp
	$(PYTHON) -m scripts.screenshots
	$(PYTHON) -m scripts.tour

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache

$(PYTHON):
	@for candidate in "$$XRAY_PYTHON" python3.12 python3.11 python3 python; do \
	  if [ -n "$$candidate" ] && $$candidate -c '$(SUPPORTED)' 2>/dev/null; then \
	    $$candidate -m venv $(VENV) && exit 0; rm -rf $(VENV); exit 1; fi; done; \
	echo "Expected Python 3.11 or 3.12 on the PATH and found neither: install one of them, or name it as XRAY_PYTHON." >&2; exit 1

$(VENV)/app.stamp: requirements.txt | $(PYTHON)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@.ci/system-libraries $(PYTHON)
	@touch $@

$(SAMPLES): | $(VENV)/app.stamp
	@$(PYTHON) -m xray_core data samples || echo "Without the sample films the app starts and tests that need them are skipped."

$(VENV)/test.stamp: requirements-test.txt $(VENV)/app.stamp
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@
