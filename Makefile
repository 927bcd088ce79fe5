# `make demo` shows Newsroom with sample digests, `make test` runs every test.
# Both make their own environment in .venv/ from the lock files, and ask nothing.
# A target for each check and each pass of the tests: with --keep-going, one that fails keeps none of
# the others from running.
checks := check-lint check-format check-types check-templates check-migrations check-deployment
script_checks := test-scripts check-scripts-lint check-scripts-format check-scripts-types
passes := test-scripts test-processes test-processes-postgresql test-postgresql test-sqlite
.PHONY: demo run dev test test-fast $(passes) check $(checks) scripts $(script_checks) format bench \
	chaos messages screenshots lock clean forget-coverage
.NOTPARALLEL:

python := .venv/bin/python
# Each program compiles a thousand modules where the shell forbids it to keep them compiled.
export PYTHONDONTWRITEBYTECODE :=
# A .venv whose Python has gone is made again.
$(shell $(python) -c '' 2>/dev/null || rm -f .venv/.runtime .venv/.development)

demo: .venv/.runtime
	@$(python) manage.py demo $(if $(filter 0,$(SERVE)),--no-serve) $(if $(filter 1,$(RESET)),--reset)

run: .venv/.runtime
	@$(python) manage.py up

# For contributors: from the source, on data of its own. `make dev PORT=8001` sets another setting.
dev: DATA_DIR := var/dev
dev: .venv/.development
	@DEBUG=true DATA_DIR="$(DATA_DIR)" $(python) manage.py runserver

# What one runs while writing: no browser, no server of another program, SQLite.
test-fast: .venv/.development
	$(python) $(pytest) -m "not browser and not services and not processes"

test: $(passes)
	$(python) -m coverage combine --quiet
	$(python) -m coverage report

$(passes): .venv/.development
$(filter-out test-scripts,$(passes)): forget-coverage

test-scripts:
	$(deno) test $(offline) --no-check tests/scripts

# What starts several processes or a browser, or takes long. It waits more than it works, so twice as
# many run at once, and one file of it may take as long as all the others.
test-processes: pytest = -m pytest --numprocesses=$$((2 * $(workers)))
test-processes:
	$(measured) $(pytest) --dist=worksteal $(slowest) -m "processes or browser"

test-processes-postgresql:
	$(measured) -m pytest $(slowest) -m processes --postgresql

test-postgresql:
	$(measured) $(pytest) $(slowest) -m "not processes" --postgresql

test-sqlite:
	$(measured) $(pytest) $(slowest) -m "not processes and not browser"

forget-coverage: .venv/.development
	@$(python) -m coverage erase
# As many at once as there are cores where this is made: make test workers=8
workers := 2
pytest = -m pytest --numprocesses=$(workers)
measured := $(python) -m coverage run
slowest := --durations=20

check: scripts $(checks)

$(checks): .venv/.development

check-lint:
	$(python) -m ruff check

check-format:
	$(python) -m ruff format --check

check-types:
	$(python) -m mypy

check-templates:
	$(djade) --check $(templates)

check-migrations:
	$(python) manage.py makemigrations --check --dry-run

check-deployment:
	SITE_URL=https://news.example.org $(python) manage.py check --deploy --fail-level WARNING

# Linted, formatted, type-checked and tested, without a build step.
scripts: $(script_checks)

$(script_checks): .venv/.development

check-scripts-lint:
	$(deno) lint $(configured) $(scripts)

check-scripts-format:
	$(deno) fmt --check $(configured) $(scripts)

check-scripts-types:
	$(deno) check --quiet $(offline) $(scripts)

scripts := digests/static/*/*.js tests/scripts/*.js
deno := DENO_DIR=.deno_cache DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1 .venv/bin/deno
configured := --config tests/scripts/deno.json
offline := $(configured) --no-remote --no-npm

format: .venv/.development
	$(python) -m ruff check --fix-only
	$(python) -m ruff format
	$(deno) fmt $(configured) $(scripts)
	@$(djade) $(templates) || $(djade) --check $(templates)
djade := .venv/bin/djade --target-version 6.1
templates = $(shell find templates -name '*.html')

bench: .venv/.development
	@set -e; for benchmark in benchmarks/*.py; do echo "$$benchmark"; $(python) $$benchmark; done

# What must hold while the parts of a production are killed at random, for ten minutes.
chaos: .venv/.development
	$(python) tests/chaos.py

messages: .venv/.development
	$(python) -m babel.messages.frontend compile --directory digests/locale --domain django

screenshots: .venv/.development
	PYTHONPATH=. $(python) docs/screenshots/take.py

lock:
	.ci/uv pip compile $(compile) pyproject.toml --output-file requirements.txt
	.ci/uv pip compile $(compile) pyproject.toml --group dev --constraints requirements.txt \
		--output-file requirements-dev.txt
compile := --quiet --universal --generate-hashes --no-annotate

# What people made stays: var/ is theirs.
clean:
	rm -rf .venv .uv .mypy_cache .pytest_cache .ruff_cache .hypothesis .deno_cache

.venv/.runtime: requirements.txt .python-version
	@echo "Installing into .venv from $< (needed once)…"
	@.ci/environment $<
	@touch $@

.venv/.development: requirements-dev.txt .python-version
	@echo "Installing into .venv from $< (needed once)…"
	@.ci/environment $<
	@touch $@
