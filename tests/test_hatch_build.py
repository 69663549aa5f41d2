"""What the build hook takes in is exactly what was released, or nothing."""

import base64
import gzip
import hashlib
import importlib.util
import io
import subprocess
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def build(monkeypatch):
    """The hook's module, with a small release of two files instead of 33 MB."""
    specification = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    contents = {"package/dist/a.mjs": b"script", "package/dist/b.wasm": b"code", "package/other": b"x"}
    module.archive = _archive(contents)
    monkeypatch.setattr(module, "INTEGRITY", _integrity(module.archive))
    files = {name.rpartition("/")[2]: (name, hashlib.sha256(contents[name]).hexdigest()) for name in list(contents)[:2]}
    monkeypatch.setattr(module, "FILES", files)
    return module


def _archive(contents):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def _integrity(archive):
    return "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()


def _hook(build, root):
    """The hook as Hatchling makes it, and the warnings it gives."""
    warnings = []
    app = SimpleNamespace(display_warning=warnings.append)
    hook = build.TakeInOnnxRuntimeWeb(str(root), {}, None, None, str(root), "wheel", app)
    return hook, warnings


def test_the_chosen_files_of_the_release_are_written_and_no_others(build, tmp_path):
    """Checked before, recognised as whole after."""
    assert not build.is_whole(tmp_path)

    build.unpack(build.archive, tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mjs.gz", "b.wasm.gz"]
    assert build.is_whole(tmp_path)
    for damaged in (gzip.compress(b"Code"), b"code", gzip.compress(b"code")[:-3]):
        (tmp_path / "b.wasm.gz").write_bytes(damaged)
        assert not build.is_whole(tmp_path)


def test_another_archive_is_refused(build, tmp_path):
    """A registry that was broken into, or a download that was cut off."""
    with pytest.raises(ValueError, match="not the one that npm lists"):
        build.unpack(build.archive[:-1], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_file_in_the_archive_is_refused(build, tmp_path, monkeypatch):
    """The second line of defence, and nothing half written."""
    archive = _archive({"package/dist/a.mjs": b"script", "package/dist/b.wasm": b"evil"})
    monkeypatch.setattr(build, "INTEGRITY", _integrity(archive))

    with pytest.raises(ValueError, match=r"b\.wasm in it has another checksum"):
        build.unpack(archive, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_hook_fetches_once_and_puts_the_files_into_the_wheel(build, tmp_path, monkeypatch):
    """A second build needs no network."""
    fetched = []
    monkeypatch.setattr(build, "fetch", lambda: fetched.append(1) or build.archive)
    for _ in range(2):
        data = {"artifacts": []}
        _hook(build, tmp_path)[0].initialize("standard", data)
        assert data["artifacts"] == ["/src/roadsigns/page/browser/onnxruntime-web/*.gz"]

    assert len(fetched) == 1
    assert build.is_whole(tmp_path / build.FOLDER)


@pytest.mark.parametrize("error", [OSError("no network"), subprocess.CalledProcessError(1, "npm")])
def test_offline_a_wheel_is_not_built_but_a_checkout_is_set_up(build, tmp_path, monkeypatch, error):
    """A wheel without the files would be an incomplete release; in a checkout all else works."""

    def fail():
        raise error

    monkeypatch.setattr(build, "fetch", fail)
    hook, warnings = _hook(build, tmp_path)

    with pytest.raises(RuntimeError, match="needs the npm registry once"):
        hook.initialize("standard", {"artifacts": []})
    hook.initialize("editable", data := {"artifacts": []})

    assert data == {"artifacts": []}
    assert "`roadsigns export --format web` will not work" in warnings[0]


def test_the_licence_names_the_version_that_is_taken_in(build):
    licence = (ROOT / build.FOLDER.parent / "LICENSE-onnxruntime-web").read_text()

    assert f"{build.PACKAGE} {build.VERSION}," in licence
