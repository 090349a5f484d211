# The two main commands: `make run` shows Enlist, `make test` tests it. GNU Make 3.81 and BSD tools are enough.
# A checkout keeps its state to itself.
export ENLIST_HOME ?= $(CURDIR)/var
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# What `make bench` measures (BENCH="--full", BENCH="--only P1,P3 --database sqlite"), and a server fit to be measured:
# memory as for production, and nothing done in the background while something else is timed.
BENCH :=
# What `make bench-reading` measures with, and on.
TOOLS :=
CORPORA :=
# One process more than there are cores: tests wait for locks, pages and servers.
WORKERS := $(shell getconf _NPROCESSORS_ONLN | awk '{ print $$1 + 1 }')
# At how many points `make faults` hits each trial.
POINTS := 500
# Which points these are, and which trials: `make faults TRIALS="tests/faults/test_kill.py -k worker"`.
SEED := 1
TRIALS := tests/faults
# How many damaged files `make mutations` reads, from which number on.
COUNT := 100000
FROM := 0
# Into which module `make mutants` puts faults, and how many (MUTANTS="--count 40 --seed 2 --tests …").
MODULE :=
MUTANTS :=
BENCH_SERVER := --set shared_buffers=1GB --set max_wal_size=8GB --set checkpoint_timeout=1h --set autovacuum=off

# The field cases that `make field` tries.
CASES := tests/samples/field

.PHONY: help run test check field faults mutations mutants format bench bench-web bench-reading spec reference lock clean

help:
	@echo "make run     make the environment and a demo school, import a roster into it, serve it at http://127.0.0.1:8000"
	@echo "make test    the full test suite: lint, types, layers, all tests, on SQLite and on PostgreSQL"
	@echo "make check   the fast part: lint, types, layers, unit tests"
	@echo "make faults  kill, stop and starve Enlist at up to POINTS=500 points, on both databases (SEED=2: others)"
	@echo "make field CASES=tests/samples/field  import the files of a folder of cases, on both databases"
	@echo "make mutations  read COUNT=100000 damaged files, starting at number FROM=0"
	@echo "make mutants MODULE=src/enlist/core/plan/limits.py  put small faults into a module, and count those its tests notice"
	@echo "make format  format the code and fix what the linter can fix"
	@echo "make bench   the figures of speed and memory, on both databases (BENCH=--full for all sizes)"
	@echo "make bench-web  the figures of the web application (BENCH='--rows 100000' for fewer)"
	@echo "make bench-reading TOOLS=… CORPORA=…  the figures of reading files, on collections of other projects"
	@echo "make spec    list the statements that no test proves yet"
	@echo "make reference  write the pages of docs/reference again"
	@echo "make lock    write requirements.lock again"
	@echo "make clean   remove what the other commands made"

$(READY): requirements.lock pyproject.toml scripts/venv.sh
	@sh scripts/venv.sh $(VENV)
	@touch $@

run: $(READY)
	@sh scripts/run.sh

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint src/enlist/web/templates --lint --quiet
	$(BIN)/pytest tests/unit

test: $(READY)
	$(BIN)/python scripts/chromium.py
	$(BIN)/python scripts/with_postgres.py --no-fsync true
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint src/enlist/web/templates --lint --quiet
	$(BIN)/pytest -n $(WORKERS) --dist worksteal tests
	$(BIN)/python scripts/with_postgres.py --no-fsync $(BIN)/pytest -n $(WORKERS) --dist worksteal -k 'not derived.json' tests/database tests/journeys tests/peers

faults: $(READY)
	FAULT_POINTS=$(POINTS) FAULT_SEED=$(SEED) $(BIN)/pytest $(TRIALS)

field: $(READY)
	@$(BIN)/python scripts/with_postgres.py --no-fsync $(BIN)/python -m tests.support.field_sites $(CASES)

mutations: $(READY)
	$(BIN)/python -m tests.support.mutations $(COUNT) $(FROM)

build/mutants/.ready: scripts/mutants.lock | $(READY)
	@$(BIN)/python -m venv build/mutants
	@build/mutants/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r scripts/mutants.lock
	@touch $@

mutants: $(READY) build/mutants/.ready
	build/mutants/bin/python scripts/mutants.py $(MODULE) $(MUTANTS)

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY)
	$(BIN)/python scripts/with_postgres.py $(BENCH_SERVER) $(BIN)/python -m benchmarks $(BENCH)

bench-web: $(READY)
	$(BIN)/python scripts/with_postgres.py $(BENCH_SERVER) $(BIN)/python -m benchmarks.web $(BENCH)

bench-reading: $(READY)
	$(BIN)/python -m benchmarks.reading --tools $(TOOLS) --corpora $(CORPORA) $(BENCH)

spec: $(READY)
	@$(BIN)/python scripts/spec.py

reference: $(READY)
	@$(BIN)/python scripts/make_reference.py

lock: $(READY)
	sh scripts/lock.sh

clean:
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
