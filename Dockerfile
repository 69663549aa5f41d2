# One image that runs `roadsigns serve`, and every pod of a Ray cluster: docs/how-to/kubernetes.md.
#
#   docker build --build-arg REVISION="$(git rev-parse HEAD)" --tag roadsigns .
#
# What a tag stands for changes with time. A digest does not: --build-arg PYTHON=python:3.11-slim-bookworm@sha256:...
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS wheel
WORKDIR /source
COPY deploy/build.lock ./
RUN pip install --no-cache-dir --only-binary :all: --require-hashes --requirement build.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY src src
# Fetches the browser's ONNX Runtime, which hatch_build.py holds to its checksum.
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM ${PYTHON} AS packages
WORKDIR /packages
COPY deploy/requirements.lock ./
# Only wheels, so that no compiler is needed.
RUN pip install --no-cache-dir --only-binary :all: --require-hashes --prefix /installed --requirement requirements.lock
COPY --from=wheel /wheels wheels
RUN pip install --no-cache-dir --no-deps --prefix /installed wheels/*.whl

FROM ${PYTHON}
# The shell of KubeRay's commands may be one that resets PATH, and has /usr/local/bin.
COPY --from=packages /installed /usr/local
# By number: Kubernetes cannot tell from a name that it is not root's.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin roadsigns
USER 10001:10001
WORKDIR /tmp
# Everything but /tmp and /dev/shm may be read-only. Ray reports its use to nobody: without the address, it would still
# tell that reports are off. Its own half a minute for a start is short on a busy machine.
ENV HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    RAY_USAGE_STATS_ENABLED=0 \
    RAY_USAGE_STATS_REPORT_URL=http://127.0.0.1:9/ \
    RAY_raylet_start_wait_time_s=120
EXPOSE 8000
# Of the service. Kubernetes has probes of its own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python3", "-c", "\
from http.client import HTTPConnection; \
service = HTTPConnection('127.0.0.1', 8000, timeout=4); \
service.request('GET', '/health'); \
raise SystemExit(service.getresponse().status != 200)"]
CMD ["roadsigns", "serve", "--host", "0.0.0.0"]

ARG REVISION=unknown
LABEL org.opencontainers.image.title="roadsigns" \
      org.opencontainers.image.description="Finds and reads traffic signs: an HTTP service, and jobs on Ray" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
