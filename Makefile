# Each line is a command one could type; set-up runs once and again when a pinned version changes.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PATH := $(PATH):$(CURDIR)/$(BIN)


.PHONY: site run prepare serve accept bench mutate style quick test test-tool test-pages test-speed test-faults clean
site run prepare serve accept bench mutate: .venv/ready node_modules/ready
	$(BIN)/exhibits $@ $(NAMES) $(if $(SHARD),--shard $(SHARD)) $(if $(STORED),--stored) $(if $(PRUNE),--prune)

# What a change of the tool breaks first: style, types, layers and the tool's own tests, in half a minute.
style: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/zizmor --offline --quiet --persona pedantic .github

bench: tests/.zensical/ready

quick: style node_modules/ready
	$(BIN)/pytest tests/tool -m "not slow" --numprocesses 2

# Each part stands alone, so that `make --keep-going test` says everything that broke, and not only what broke first.
test: style site test-tool test-pages test-speed test-faults
test-pages test-speed test-faults: site
test-tool test-pages test-speed: node_modules/ready tests/node_modules/ready tests/.zensical/ready
test-tool:
	$(BIN)/pytest tests/tool --cov --cov-report=term:skip-covered
test-pages:
	OMP_NUM_THREADS=1 $(BIN)/pytest --ignore tests/tool -m "not alone" --numprocesses 2 --dist loadfile
test-speed:
	$(BIN)/pytest --ignore tests/tool -m alone
test-faults:
	$(BIN)/exhibits mutate --sample 10

clean:
	rm -rf build .mypy_cache .pytest_cache .ruff_cache .coverage* .venv node_modules site tests/node_modules tests/.zensical

# What sets up says its reason in one line if it fails, and all of it in a log.
LOG = build/set-up.log
define SET_UP
	@mkdir -p build
	@echo "setting up $(@D)"
	@{ $(1); } >$(LOG) 2>&1 || { echo "cannot set up $(@D): $$(grep -im1 error $(LOG) || tail -n1 $(LOG)); \
	is the network there? $(LOG) has the rest" >&2; exit 1; }
endef

.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "needs Python 3.11 or newer; choose one with PYTHON=…")'
	$(call SET_UP,$(PYTHON) -m venv .venv && { $(PIP_TORCH); } && $(PIP_PINNED) --requirement requirements.txt \
		&& $(BIN)/pip install --quiet --no-deps --editable . && $(BIN)/pip check --quiet)
	@touch $@

# PyTorch's own index has the build without CUDA; where it cannot be reached, pip's configuration decides.
TORCH := $(shell grep --only-matching 'torch==[0-9.]*' pyproject.toml)
PIP_TORCH := $(BIN)/pip install --quiet --no-deps --retries 0 --timeout 10 \
	--index-url https://download.pytorch.org/whl/cpu $(TORCH) 2>/dev/null || $(BIN)/pip install --quiet $(TORCH)

# Each file is the one whose hash is pinned, and the lists are whole. What builds a package (hatchling, setuptools for
# jieba), pip fetches by itself and checks by no hash.
PIP_PINNED := $(BIN)/pip install --quiet --no-deps --require-hashes

# The second generator, in an environment of its own, for the test that compares both.
tests/.zensical/ready: tests/zensical.txt .venv/ready
	$(call SET_UP,$(PYTHON) -m venv tests/.zensical \
		&& $(PIP_PINNED:$(BIN)%=tests/.zensical/bin%) --requirement tests/zensical.txt \
		&& tests/.zensical/bin/pip install --quiet --no-deps --editable .)
	@touch $@

# Node comes from the system or, where there is none, from its Python wheel.
node_modules/ready: package-lock.json
tests/node_modules/ready: tests/package-lock.json
node_modules/ready tests/node_modules/ready: .venv/ready
	$(call SET_UP,{ command -v npm || $(PIP_PINNED) --requirement node.txt; } \
		&& npm ci --loglevel=error --prefix $(dir $(@D)))
	@touch $@
