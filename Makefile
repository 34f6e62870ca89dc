# make demo: sets up and digests the five seed articles · make test: sets up and tests
PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/.ready
DATA ?=
RETRAIN_FLAGS := $(if $(DATA),--data $(DATA)) $(if $(SHIP),--ship)

.PHONY: demo test test-slow test-lowest fuzz lint gate retrain retrain-summarizer teach bench-speed bench-summaries bench-scale bench-vntc audit lock clean

demo: $(READY)
	$(BIN)/toolkit digest seeds/
	$(BIN)/toolkit digest seeds/ --format html --output brief.html
	@echo "The same as a page to read and to send: brief.html"

test: $(READY)
	$(BIN)/python -m pytest -m "not slow"

test-slow: $(READY)
	$(BIN)/python -m pytest -m slow

# Ten minutes of hostile input; MINUTES=60 for more, FUZZ="read_pdf model" for some targets only.
MINUTES ?= 10
fuzz: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group fuzz
	nice $(BIN)/python -m tests.fuzz $(FUZZ) --minutes $(MINUTES)

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

gate: $(READY)
	$(BIN)/python -m benchmarks.gate

retrain: $(READY)
	$(BIN)/python -m benchmarks.retrain $(RETRAIN_FLAGS)

retrain-summarizer: $(READY)
	$(BIN)/python -m benchmarks.retrain_summarizer --data $(DATA)

# Needs PyTorch, which no other target does: `make teach DATA=../shared` installs it.
teach: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[teacher]"
	$(BIN)/python -m benchmarks.teach --data $(DATA)

bench-speed: $(READY)
	$(BIN)/python -m benchmarks.speed $(if $(DATA),--data $(DATA)) $(if $(COUNT),--instructions)

bench-summaries: $(READY)
	$(BIN)/python -m benchmarks.summaries --data $(DATA)

bench-scale: $(READY)
	$(BIN)/python -m benchmarks.scale $(if $(DATA),--data $(DATA))

bench-vntc: $(READY)
	$(BIN)/python -m benchmarks.vntc --data $(DATA) --all

# The oldest versions that pyproject.toml admits, in an environment of their own.
test-lowest:
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	.venv-lowest/bin/python -m pip install --quiet -c constraints/lowest.txt -e ".[all]" --group dev
	.venv-lowest/bin/python -m pytest -m "not slow" -p no:cacheprovider \
	  --deselect tests/test_supply_chain.py::test_licences_of_all_dependencies_are_compatible_and_listed

# Everything comes in the versions that were tested: tomorrow's releases cannot break a clone.
$(READY): pyproject.toml constraints/tested.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade -c constraints/tested.txt pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints/tested.txt -e ".[all]" --group dev
	$(BIN)/python -c "open('$(READY)', 'w').close()"

# Known vulnerabilities of the versions that were tested.
audit:
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet pip-audit
	.venv-audit/bin/pip-audit --requirement constraints/tested.txt --no-deps --disable-pip

# Write constraints/tested.txt anew from the versions that are newest today.
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --upgrade pip
	.venv-lock/bin/python -m pip install --quiet -e ".[all]" --group dev
	.venv-lock/bin/python -m pip freeze --all --exclude-editable --exclude setuptools > constraints/tested.txt

clean:
	rm -rf $(VENV) .venv-lock .venv-lowest .venv-audit build dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
