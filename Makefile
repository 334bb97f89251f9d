# Red Tide. `make demo` and `make test` need Python 3.11+, git and make; they set up everything else in .venv.
PYTHON ?= python3
BIN := .venv/bin
STAY ?=
# What is compiled is kept, whatever the shell says: the suite starts Python very often.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test check quick types unit cluster-test mutants lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 15

demo: .venv/run ## an alert becomes a verdict, on this machine, without a language model (STAY=1 keeps it running)
	@$(BIN)/redtide demo $(if $(STAY),--stay)

# Side by side: each waits for others much of its time. The suite and the types give way a little to the tests on a cluster:
# these wait for one another, and Ray limits the time of its starts. What the others say is shown at the end, also after Ctrl-C.
BESIDE := .venv/beside
test: quick ## every check and the whole suite
	@echo "The types and the tests on a cluster are checked beside the suite; what they say comes last (until then: $(BESIDE)-*.txt)"
	@trap : INT; $(MAKE) --no-print-directory -j3 GIVE_WAY="nice -n 3" beside-cluster-test unit beside-types; status=$$?; \
		cat $(BESIDE)-types.txt $(BESIDE)-cluster-test.txt; exit $$status

# That something fails is said at once.
beside-%: .venv/test
	@$(MAKE) --no-print-directory $* >$(BESIDE)-$*.txt 2>&1 || { echo "$* failed: see $(BESIDE)-$*.txt"; exit 1; }

check: quick types ## format, lint, import order, declared dependencies, types

quick: .venv/test ## those of the checks that take seconds
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/deptry .

types: .venv/test ## the types alone, strictly (a minute; much less the second time)
	$(GIVE_WAY) $(BIN)/mypy

# A test that fails beside others runs once more by itself, and both runs stand in the output: a busy machine is not a defect.
# Only where tests failed (1): what was stopped, killed or found no test has not remembered what there is to run again.
# The suite and what runs again by itself wait for one another: the tests on a cluster are done long before the suite.
ALONE := $(if $(shell command -v flock),flock -o .venv/alone.lock)
AGAIN := --last-failed --last-failed-no-failures none
IF_TESTS_FAILED := status=$$?; [ $$status -eq 1 ] || exit $$status

# A process that is done takes tests from another. They wait for databases, git and browsers, so there is one more of them than
# there are processors.
GIVE_WAY ?=
WORKERS ?= $(shell $(BIN)/python -c 'import os; print(min(os.cpu_count() or 1, 8) + 1)')
unit: .venv/test ## the suite alone, on every core; ARGS="-k name" narrows it
	$(ALONE) $(GIVE_WAY) $(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS) || { $(IF_TESTS_FAILED); $(ALONE) $(BIN)/pytest $(AGAIN) $(ARGS); }

# What failed is remembered in a place of its own: the suite may run beside it.
CLUSTER := $(BIN)/pytest -m "ray or vllm" -o cache_dir=.pytest_cache/cluster
cluster-test: .venv/test ## the tests on a real Ray cluster and the real vLLM engine on CPU (minutes)
	$(CLUSTER) $(ARGS) || { $(IF_TESTS_FAILED); $(ALONE) $(CLUSTER) $(AGAIN) $(ARGS); }

# The changed copy is what is imported, whatever PYTHONPATH names. Other examples each time would give another score.
UNNOTICED := .venv/mutants.txt
mutants: export PYTHONPATH :=
mutants: export CI := 1
mutants: .venv/test ## break verdict, ranking and leases in every small way, and see whether tests notice (hours; ONLY=tools/ranking/gather.py)
	$(BIN)/pip install -q mutmut==3.8.1
	$(BIN)/mutmut run $(ARGS) $(if $(ONLY),"$(subst /,.,$(ONLY:.py=)).*")
	@$(BIN)/mutmut results >$(UNNOTICED)
	@grep -v ': not checked' $(UNNOTICED) || { [ $$? -eq 1 ] && echo "Every change that was tried was noticed."; }

# Every file that pip may take is named by its hash. vLLM's CPU wheel asks for torch's CPU build, which most indexes have not:
# to pin anew, name in UV_FIND_LINKS or UV_INDEX where it is found. It has a file of its own, and the index's build another.
lock: export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
lock: PIN := $(BIN)/uv pip compile -q --python-version 3.11 --no-annotate --no-header --generate-hashes
lock: TORCH := $(shell grep -oE 'torch==[0-9.]+' pyproject.toml)
lock: .venv/test ## pin the dependencies anew from pyproject.toml
	$(PIN) --extra cpu --group test --group train pyproject.toml --override requirements/left-out.txt \
		--no-emit-package torch -o requirements/vllm.lock
	echo $(TORCH)+cpu | $(PIN) - | awk '/^[a-z]/ {torch = /^torch==/} torch' > requirements/torch-cpu.lock
	echo $(TORCH) | UV_FIND_LINKS= $(PIN) - | awk '/^[a-z]/ {torch = /^torch==/} torch' > requirements/torch.lock
	UV_FIND_LINKS= $(PIN) --python-platform x86_64-unknown-linux-gnu --extra gpu pyproject.toml -o requirements/gpu.lock
	$(PIN) --universal pyproject.toml -c requirements/vllm.lock -o requirements/run.lock
	$(PIN) --universal --group test --group train pyproject.toml -c requirements/vllm.lock -o requirements/test.lock

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Red Tide needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" && exit 1)
	$(PYTHON) -m venv .venv
	@touch $@

# The stamps are newer than the locks they installed: a changed lock installs again.
.venv/run: .venv/python requirements/run.lock pyproject.toml
	@echo "Installing pinned dependencies into .venv (a few minutes the first time)"
	$(BIN)/pip install -q --progress-bar on --no-deps --require-hashes -r requirements/run.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# vLLM's CPU wheel exists for Linux x86-64 with Python 3.11; elsewhere its tests are skipped.
.venv/test: .venv/run $(wildcard requirements/*.lock)
	$(BIN)/pip install -q --progress-bar on --no-deps --require-hashes -r requirements/test.lock
	@if $(BIN)/python -c 'import platform, sys; sys.exit((sys.platform, platform.machine()) != ("linux", "x86_64") or sys.version_info[:2] != (3, 11))'; then \
		$(BIN)/pip install -q --progress-bar on --no-deps --require-hashes -r requirements/vllm.lock && \
		{ $(BIN)/pip install -q --no-deps --require-hashes -r requirements/torch-cpu.lock \
		|| $(BIN)/pip install -q --no-deps --require-hashes -r requirements/torch.lock; }; fi
	@touch $@

clean: ## remove the environment and every cache
	rm -rf .venv mutants .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .demo *.egg-info
