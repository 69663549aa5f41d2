"""The wheel, not the source tree: built, installed, and used as a user does."""

import ensurepip
import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The programs of a virtual environment with the wheel in it, which borrows all other packages from this one."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, symlinks=True)
    programs = folder / "bin"
    pip = [sys.executable, "-m", "pip", "--python", programs / "python"]
    if importlib.util.find_spec("pip") is None:
        pip = [programs / "python", next(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl")) / "pip"]
    options = ["--no-deps", "--no-index", "--no-compile", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *options, wheel], check=True, capture_output=True)
    packages = next((folder / "lib").glob("python*/site-packages"))
    # A line is a folder to look in; .pth files in that folder, such as the editable roadsigns', do not count.
    (packages / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return programs


@pytest.fixture(scope="module")
def offline():
    """An environment in which whatever asks beyond this machine fails."""
    nobody = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | nobody


def run(environment, *command, cwd):
    """Run a program; gives what it printed."""
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def sign(tmp_path_factory):
    """A picture of a sign."""
    from roadsigns.synthesis.designs import official_designs
    from roadsigns.synthesis.rendering import render_design

    path = tmp_path_factory.mktemp("pictures") / "sign.png"
    drawing = Image.fromarray(render_design(official_designs().files[14][0], 60))
    picture = Image.new("RGB", (72, 72), (90, 120, 150))
    picture.paste(drawing, (6, 6), drawing)
    picture.save(path)
    return path


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    """All data files, the page, what runs in the browser; no tests."""
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "roadsigns").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }

    assert {name for name in names if ".dist-info/" not in name} == tracked
    assert "roadsigns/page/browser/onnxruntime-web/ort-wasm-simd-threaded.wasm.gz" in names
    assert "roadsigns/page/site/index.html" in names


def test_the_installed_command_predicts(installed, offline, sign):
    """It is the wheel's own code that runs, with the built-in model."""
    where = run(offline, installed / "python", "-c", "import roadsigns; print(roadsigns.__file__)", cwd=sign.parent)

    assert Path(where.strip()).is_relative_to(installed.parent)
    answer = run(offline, installed / "roadsigns", "predict", "--json", sign.name, cwd=sign.parent)
    assert json.loads(answer.splitlines()[0])["name"] == "stop"


def test_the_installed_command_writes_the_page_offline(installed, offline, tmp_path, tiny_metadata):
    """With the model's file as it is, and the runtime that came in the wheel."""
    from roadsigns.model_files.onnx_file import attach_metadata

    # ModelProto's field 7, a graph of no bytes: nobody computes it here.
    content = attach_metadata(b"\x3a\x00", replace(tiny_metadata, preparation="box"))
    (tmp_path / "mine.onnx").write_bytes(content)

    run(offline, installed / "roadsigns", "export", "mine.onnx", "--format", "web", "--out", "site", cwd=tmp_path)

    page = tmp_path / "site" / "page"
    assert (page / "model.onnx").read_bytes() == content
    assert (page / "onnxruntime-web" / "ort-wasm-simd-threaded.wasm").stat().st_size > 10_000_000
    assert (tmp_path / "site" / "index.html").is_file()


def test_the_installed_command_serves_the_page_and_answers(installed, offline, sign):
    """On a free port, until it is told to stop."""
    command = [installed / "roadsigns", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=sign.parent, env=offline, stderr=subprocess.PIPE, text=True) as process:
        try:
            serving = next(line for line in map(json.loads, process.stderr) if line["event"] == "serving")
            with httpx.Client(base_url=serving["url"], timeout=30, trust_env=False) as client:
                page = client.get("/").text
                headers = {"Content-Type": "image/png"}
                answer = client.post("/v1/predict", content=sign.read_bytes(), headers=headers).json()
        finally:
            process.terminate()
            process.communicate(timeout=60)

    assert "page/page.js" in page
    assert answer["predictions"][0]["name"] == "stop"
    assert process.returncode == 0
