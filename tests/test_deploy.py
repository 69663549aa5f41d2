"""What stands in several places of the image and of the manifests for Kubernetes, and what must fit the commands.

The manifests fit Kubernetes' schemas, which `make lint-deploy` checks.
"""

import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import click
import pytest
import yaml

from roadsigns.cli.main import group
from roadsigns.version import __version__

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def manifests():
    """The objects by their kind."""
    documents = [one for path in DEPLOY.glob("*.yaml") for one in yaml.safe_load_all(path.read_text())]
    return {document["kind"]: document for document in documents}


@pytest.fixture(scope="module")
def groups(manifests):
    """The groups of the Ray cluster's pods by name."""
    spec = manifests["RayCluster"]["spec"]
    return {"head": spec["headGroupSpec"], **{one["groupName"]: one for one in spec["workerGroupSpecs"]}}


@pytest.fixture(scope="module")
def pods(manifests, groups):
    """All specs of pods."""
    service = manifests["Deployment"]["spec"]["template"]["spec"]
    return [service, *(one["template"]["spec"] for one in groups.values())]


@pytest.fixture(scope="module")
def containers(pods):
    """All containers that the manifests name."""
    return [container for pod in pods for container in pod["containers"]]


@pytest.fixture(scope="module")
def instructions():
    """Those of the Dockerfile: [(name, arguments)]."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", "")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line]


def locked(path):
    """The versions that a lock has of each package; some has one for each Python."""
    versions = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(), re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


def options_of(words):
    """What `roadsigns` understands of a command line; refuses what it does not."""
    program, name, *arguments = words
    assert program == "roadsigns"
    command = group.get_command(click.Context(group), name)
    return command.make_context(name, arguments).params


def cores(container):
    """How many cores a container has; Ray rounds them up."""
    return int(container["resources"]["limits"]["cpu"])


def test_the_manifests_are_those_of_the_page(manifests):
    """A cluster, a job, and a service, each with a name."""
    assert set(manifests) == {"RayCluster", "RayJob", "Deployment", "Service"}
    assert all(one["apiVersion"] and one["metadata"]["name"] for one in manifests.values())


@pytest.mark.parametrize("name", ["requirements.lock", "build.lock"])
def test_the_image_has_the_versions_that_the_tests_run_with(name):
    """But for what s3fs, which the tests do not need, wants in an older version."""
    tested, image = locked(ROOT / "requirements.lock"), locked(DEPLOY / name)

    other = {package for package in image.keys() & tested.keys() if not image[package] <= tested[package]}
    assert not other
    assert image.keys() & tested.keys()


def test_every_package_of_the_image_has_checksums():
    """pip refuses one that has none, or another file."""
    for path in DEPLOY.glob("*.lock"):
        packages = re.split(r"^(?=[a-z])", path.read_text(), flags=re.MULTILINE)[1:]
        assert packages
        assert all("--hash=sha256:" in package for package in packages)


def test_the_image_can_serve_and_take_part_in_jobs():
    """Its lock has the extras, Ray's dashboard, and what reads S3."""
    image = locked(DEPLOY / "requirements.lock").keys()

    assert {"starlette", "ray", "pyarrow", "aiohttp-cors", "s3fs", "openvino"} <= image


def test_the_clusters_version_of_ray_is_that_of_the_image(manifests):
    """The operator makes its commands for this version."""
    assert {manifests["RayCluster"]["spec"]["rayVersion"]} == locked(DEPLOY / "requirements.lock")["ray"]


def test_all_pods_run_the_image_of_this_version(containers):
    """A job refuses machines with other versions of roadsigns, and its page says what to replace."""
    (image,) = {container["image"] for container in containers}

    assert image.endswith(f"/roadsigns:{__version__}")
    assert image in (ROOT / "docs" / "how-to" / "kubernetes.md").read_text()


def test_every_container_is_confined(manifests, containers):
    """No root, no writing but in volumes, no capabilities; also the autoscaler, which the operator adds."""
    autoscaler = manifests["RayCluster"]["spec"]["autoscalerOptions"]
    for one in (*containers, autoscaler):
        assert one["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "/tmp" in {mount["mountPath"] for mount in one["volumeMounts"]}


def test_every_pod_runs_as_the_user_of_the_image(pods, instructions):
    """Whose number is not root's."""
    user, group_id = map(int, dict(instructions)["USER"].split(":"))

    assert user > 0
    for pod in pods:
        context = pod["securityContext"]
        assert context["runAsNonRoot"] is True
        assert (context["runAsUser"], context["runAsGroup"]) == (user, group_id)
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_only_the_autoscaler_has_a_token_of_kubernetes(manifests, pods):
    """It asks for pods; what computes has no business with Kubernetes."""
    token = "/var/run/secrets/kubernetes.io/serviceaccount"

    assert all(pod["automountServiceAccountToken"] is False for pod in pods)
    mounts = [mount["mountPath"] for pod in pods for one in pod["containers"] for mount in one["volumeMounts"]]
    assert token not in mounts
    autoscaler = manifests["RayCluster"]["spec"]["autoscalerOptions"]
    assert token in {mount["mountPath"] for mount in autoscaler["volumeMounts"]}


def test_every_mount_has_its_volume(manifests, pods):
    """A pod with another one does not start."""
    autoscaler = manifests["RayCluster"]["spec"]["autoscalerOptions"]["volumeMounts"]
    head = pods[1]
    for pod in pods:
        mounts = [mount for one in pod["containers"] for mount in one["volumeMounts"]]
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert {mount["name"] for mount in [*mounts, *(autoscaler if pod is head else [])]} == volumes


def test_the_command_of_the_job_fits_the_cluster(manifests, groups):
    """`roadsigns` takes it, and there is room for its workers: one at first, all of them when the cluster has grown."""
    job = manifests["RayJob"]["spec"]
    options = options_of(job["entrypoint"].split())

    assert job["clusterSelector"] == {"ray.io/cluster": manifests["RayCluster"]["metadata"]["name"]}
    assert (options["machines"], options["address"]) == ("ray", "auto")
    assert options["out_name"].startswith("s3://")
    assert groups["head"]["rayStartParams"]["num-cpus"] == "0"
    workers = groups["workers"]
    (container,) = workers["template"]["spec"]["containers"]
    room = cores(container) // options["threads"]
    assert workers["minReplicas"] * room >= 1
    assert workers["minReplicas"] * room < options["workers"] <= workers["maxReplicas"] * room


def test_the_service_is_reached_where_it_listens(manifests):
    """`roadsigns` takes its command; the probes ask at its port for paths that it has."""
    pytest.importorskip("starlette")
    from roadsigns.serving.middleware import QUIET_ROUTES

    (container,) = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    options = options_of(container["args"])
    (port,) = container["ports"]

    assert (options["host"], options["port"]) == ("0.0.0.0", port["containerPort"])
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] in QUIET_ROUTES
        assert container[probe]["httpGet"]["port"] == port["name"]
    (exposed,) = manifests["Service"]["spec"]["ports"]
    assert exposed["targetPort"] == port["name"]
    labels = manifests["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert manifests["Service"]["spec"]["selector"].items() <= labels.items()


def test_the_image_serves_unless_told_otherwise(instructions):
    """To all who reach the container."""
    assert options_of(json.loads(dict(instructions)["CMD"]))["host"] == "0.0.0.0"


def test_whatever_the_dockerfile_copies_is_sent_to_it(instructions):
    """.dockerignore lets through what is copied from the repository, and nothing else."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = [line.removeprefix("!") for line in lines if line.startswith("!")]
    copied = {
        source
        for name, arguments in instructions
        if name == "COPY" and "--from" not in arguments
        for source in arguments.split()[:-1]
    }

    assert "*" in lines
    assert all((ROOT / source).exists() for source in copied)
    assert all(any(fnmatch(source, pattern) for pattern in allowed) for source in copied)
    assert all(any(fnmatch(source, pattern) for source in copied) for pattern in allowed)


@pytest.fixture
def healthcheck(instructions):
    """Run the image's HEALTHCHECK against a port; gives its exit status."""
    command = json.loads(dict(instructions)["HEALTHCHECK"].partition("CMD ")[2])

    def check(port):
        words = [sys.executable, *(word.replace("8000", str(port)) for word in command[1:])]
        return subprocess.run(words, capture_output=True, check=False).returncode

    return check


def test_the_healthcheck_asks_for_the_health_of_the_service(healthcheck):
    """Healthy where GET /health gets 200; neither where another path would, nor without a service."""

    class Service(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self):
            self.send_response(self.status if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()

    assert healthcheck(server.server_port) == 0
    Service.status = 503
    assert healthcheck(server.server_port) == 1
    server.shutdown()
    server.server_close()
    assert healthcheck(server.server_port) == 1
