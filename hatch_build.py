"""Takes onnxruntime-web into the wheel, so that an installed roadsigns writes its page for the browser offline.

Two files of one fixed release, each held to its checksum. npm fetches it, or plain HTTPS where there is no npm. They
are laid into the source tree, ignored by git, so that an editable installation has them too; gzipped, because most
installations never write a page and would carry 11 MB for nothing.
"""

import base64
import gzip
import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
import zlib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE, VERSION = "onnxruntime-web", "1.30.0"
ARCHIVE = f"https://registry.npmjs.org/{PACKAGE}/-/{PACKAGE}-{VERSION}.tgz"
# As `npm view onnxruntime-web@1.30.0 dist.integrity` gives it.
INTEGRITY = "sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
FOLDER = Path("src/roadsigns/page/browser/onnxruntime-web")
# Name here, but for the .gz: name in the package, SHA-256. The bundle ends in .js here because older web servers do
# not know .mjs.
FILES = {
    "ort.js": (
        "package/dist/ort.wasm.bundle.min.mjs",
        "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    ),
    "ort-wasm-simd-threaded.wasm": (
        "package/dist/ort-wasm-simd-threaded.wasm",
        "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
    ),
}


class TakeInOnnxRuntimeWeb(BuildHookInterface[Any]):
    """The hook that Hatchling calls before it builds a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        folder = Path(self.root) / FOLDER
        if not is_whole(folder):
            try:
                unpack(fetch(), folder)
            except (OSError, subprocess.CalledProcessError, tarfile.TarError, ValueError) as error:
                message = f"{PACKAGE} {VERSION} was not taken in ({error})."
                if version != "editable":
                    raise RuntimeError(f"{message} Building the wheel needs the npm registry once.") from error
                # Everything else works without it, and whoever sets up offline should not be stopped by it.
                self.app.display_warning(f"{message} `roadsigns export --format web` will not work.")
                return
        # Ignored by git, wanted in the wheel.
        build_data["artifacts"].append(f"/{FOLDER.as_posix()}/*.gz")


def is_whole(folder: Path) -> bool:
    """Whether all files are there as released."""
    return all(_checksum(packed(folder, name)) == checksum for name, (_, checksum) in FILES.items())


def packed(folder: Path, name: str) -> Path:
    """Where a file of `FILES` lies, gzipped."""
    return folder / f"{name}.gz"


def _checksum(path: Path) -> str | None:
    """SHA-256 of what was gzipped; None if there is nothing that can be read."""
    try:
        return hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
    except (OSError, EOFError, zlib.error):
        return None


def fetch() -> bytes:
    """Fetch the released package, a compressed tar archive. npm knows its user's registry, proxy and cache."""
    npm = shutil.which("npm")
    if npm is None:
        with urllib.request.urlopen(ARCHIVE, timeout=60) as answer:
            return bytes(answer.read())
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--pack-destination", folder, "--prefer-offline", "--silent"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return next(Path(folder).glob("*.tgz")).read_bytes()


def unpack(archive: bytes, folder: Path) -> None:
    """Write the files that are needed, all held to their checksums before the first is written.

    Raises:
        ValueError: If the archive or a file in it is another than the released one.
    """
    expected = INTEGRITY.removeprefix("sha512-")
    if base64.b64encode(hashlib.sha512(archive).digest()).decode() != expected:
        raise ValueError(f"the archive of {len(archive)} bytes is not the one that npm lists as {INTEGRITY}")
    contents = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        for name, (member, checksum) in FILES.items():
            file = package.extractfile(member)
            contents[name] = file.read() if file else b""
            if hashlib.sha256(contents[name]).hexdigest() != checksum:
                raise ValueError(f"{member} in it has another checksum than {checksum}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        temporary = folder / f".{name}"
        # No time in the header: the same release makes the same wheel.
        temporary.write_bytes(gzip.compress(content, mtime=0))
        temporary.replace(packed(folder, name))
