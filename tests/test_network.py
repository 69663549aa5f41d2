"""Nothing talks to a network unasked, and nothing is left in the home folder.

The runtimes look servers up from C++, where Python sees nothing of it; strace does. Where it is not installed, or may
not trace, the files that the runtimes leave before they report are the only witness.
"""

import functools
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest

from roadsigns.inference.engines import runtimes

MAIN = [sys.executable, "-m", "roadsigns"]  # It stops a process at the calls that it traces, and at no other.
STRACE = ["strace", "--seccomp-bpf", "-f"]
# Addresses of the machine itself, and of none.
OWN = re.compile(r'"(127\.0\.0\.1|0\.0\.0\.0|::1|::|::ffff:127\.0\.0\.1)"')

# Fonts that matplotlib found, and Keras's choice of a back-end.
CACHES = (".cache/matplotlib/", ".config/matplotlib/", ".keras/")


@functools.cache
def can_trace():
    """Whether there is a strace that may trace."""
    found = shutil.which("strace")
    return bool(found) and subprocess.run([*STRACE, "-qq", "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture
def home(tmp_path):
    """An empty home folder."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def watched(tmp_path, home):
    """Start a command; what it left at home and which addresses it sent to are looked at afterwards."""
    trace = tmp_path / "trace"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_", "CI"))}
    environment |= {"HOME": str(home), "ROADSIGNS_CACHE": str(tmp_path / "cache")}

    def start(*command, **options):
        traced = [*STRACE, "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(trace)]
        return subprocess.Popen(
            [*(traced if can_trace() else []), *map(str, command)],
            env=environment,
            text=True,
            start_new_session=True,
            **options,
        )

    yield start

    lines = trace.read_text(errors="replace").splitlines() if trace.exists() else []
    assert [line for line in lines if "sa_family=AF_INET" in line and not OWN.search(line)] == []
    left = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert {path for path in left if not path.startswith(CACHES)} == set()


def run(watched, *command):
    process = watched(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return output


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_python_use_talks_to_nobody(watched, engine):
    """The built-in model in either runtime, asked for in few and in many images."""
    code = (
        "import numpy, roadsigns; images = [numpy.zeros((32, 32, 3), numpy.uint8)] * 40;"
        f"print(len(roadsigns.Recognizer.load('fast', engine='{engine}').predict(images)))"
    )

    assert run(watched, sys.executable, "-c", code) == "40\n"


def test_predict_talks_to_nobody(watched, drawn_folder):
    """On the command line, which here is the module."""
    assert run(watched, *MAIN, "predict", next(drawn_folder.rglob("*.ppm"))).count("\n") >= 1


# Several command lines in one process, with "next" between them.
COMMANDS = """
import itertools, sys
from roadsigns.cli.main import main

for new, words in itertools.groupby(sys.argv[1:], "next".__eq__):
    if not new:
        sys.argv[1:] = words
        try:
            main()
        except SystemExit as end:
            if end.code:
                raise
"""


def test_train_and_export_talk_to_nobody(watched, drawn_folder, tmp_path):
    """TensorFlow trains, OpenVINO and onnx export."""
    settings = ("--set", "training.epochs=1", "--set", "data.image_size=32", "--no-cache")
    train = ("train", "--data", drawn_folder, "--recipe", "tutorial", "--run", tmp_path / "run", *settings)
    export = ("export", tmp_path / "run", "--format", "openvino", "--out", tmp_path / "model.xml")
    run(watched, sys.executable, "-c", COMMANDS, *train, "next", *export)

    assert (tmp_path / "model.xml").is_file()


@pytest.mark.ray
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_a_job_on_a_local_cluster_talks_to_nobody(watched, drawn_folder, tmp_path):
    """Ray would count its users, ask which cloud it is in, and find its own address out by the way to a server."""
    test_images = drawn_folder / "Final_Test" / "Images"
    pack = ("pack", test_images, tmp_path / "shards")
    predict = ("predict", tmp_path / "shards", "--on", "ray", "--workers", "1", "--model", "tiny")
    run(watched, sys.executable, "-c", COMMANDS, *pack, "next", *predict, "--out", tmp_path / "out")

    assert (tmp_path / "out" / "00000.parquet").is_file()


def test_service_answers_whoever_asks_and_talks_to_nobody(watched, drawn_folder):
    """It is asked for one image and stopped."""
    process = watched(*MAIN, "serve", "--model", "fast", "--port", "0", stderr=subprocess.PIPE)
    try:
        port = next(found[1] for line in process.stderr if (found := re.search(r"127\.0\.0\.1:(\d+)", line)))
        image = next(drawn_folder.rglob("*.ppm")).read_bytes()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/predict", image, {"Content-Type": "application/octet-stream"}
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
    finally:
        # strace does not pass signals on.
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=60)


def test_environment_of_the_caller_is_respected(monkeypatch):
    """Whoever wants to report may."""
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")

    runtimes.import_onnxruntime()

    assert os.environ["ORT_DISABLE_TELEMETRY"] == "0"


def test_other_users_of_openvinos_telemetry_still_find_it():
    """It is hidden during one import."""
    runtimes.import_openvino()

    assert sys.modules.get(runtimes.TELEMETRY, True) is not None
