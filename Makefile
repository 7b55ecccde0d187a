# The commands a newcomer needs. `make` lists them.

PYTHON_IN_VENV := .venv/bin/python

.PHONY: help demo test chaos check lock clean
help: ## List these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-8s %s\n", $$1, $$2 }'

demo: ## Start a demo town and walk an application through it (EXIT=1: end after the tour; RESET=1: start over)
	@.ci/python-environment requirements-embedded.lock
	@$(PYTHON_IN_VENV) -m backend demo $(if $(EXIT),--exit) $(if $(RESET),--reset)

test: ## Run the tests (with CI=true: install what every suite needs and leave nothing out)
	@.ci/python-environment requirements-test.lock
	@PYTHON=$(PYTHON_IN_VENV) .ci/test

chaos: ## Kill everything again and again while applications come in (SEED=1, SECONDS=60)
	@.ci/python-environment requirements-test.lock
	@$(PYTHON_IN_VENV) -m tests.chaos.run --seed $(or $(SEED),1) --seconds $(or $(SECONDS),60)

check: ## Format, lint, types and the import contract
	@.ci/python-environment requirements-test.lock
	@.ci/check

lock: ## Resolve the dependencies anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --extra embedded pyproject.toml -o requirements-embedded.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --extra test pyproject.toml -o requirements-test.lock

clean: ## Remove the demo's data, caches and the virtual environment
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
