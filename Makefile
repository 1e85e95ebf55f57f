# `make demo` and `make test` do all the set-up; run either first.

SHELL := /bin/sh
export PATH := $(CURDIR)/.tools/bin:$(PATH)
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
# With it Python keeps no compiled modules: each of hundreds of processes would compile all again.
unexport PYTHONDONTWRITEBYTECODE
RUN := uv run --frozen
DEV := uv run --frozen --group dev
PYTEST = TMPDIR=$$(sh scripts/temporary_folder.sh) $(DEV) pytest --dist loadfile

.PHONY: help setup demo test test-fast check serve bench

help:            ## list the targets
	@sed -n 's/^\([a-z-]*\): *[a-z]* *## /  make \1 — /p' $(MAKEFILE_LIST)

setup:           ## install what is missing
	@sh scripts/setup.sh

demo: setup      ## ingest the bundled letter through Prefect
	@sh scripts/demo.sh

check: setup     ## formatter, linter, types
	$(DEV) ruff format --check
	$(DEV) ruff check
	$(DEV) mypy --num-workers auto

test-fast: setup ## the tests that need neither engine, server nor browser
	$(PYTEST) -n logical -m "not tesseract and not prefect and not browser and not slow"

test:            ## the whole suite
	@sh scripts/setup.sh tests
	@$(MAKE) --no-print-directory check
	$(PYTEST) -n 3 --no-loadscope-reorder

serve: setup     ## Prefect server, its UI and the inbox watcher
	$(RUN) opis serve

bench: setup     ## measure against OCRmyPDF on the same scans
	UV_COMPILE_BYTECODE=1 $(DEV) --group bench python benchmarks/peers.py --pages 40 --kind jpeg --rounds 2 --warm
