"""The service under increasing load, compared with a typical Flask service. Run: python -m bench.service

Both have the same network, recipe fast's with random weights, and get the same form with one drawn sign, in turns, from
wrk (Debian's package wrk) on the same machine. Flask runs under gunicorn with two workers; ours is one process.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

FOLDER = Path(__file__).parent
CONNECTIONS = (1, 4, 16, 64, 256, 1024)
SECONDS = 5
WARM_UP_SECONDS = 2
WORKERS = 2
# On a busy machine TensorFlow takes minutes to load.
START_SECONDS = 600
STOP_SIGN, FRAMES = 14, 20
IMAGE_SIZE = 32
BOUNDARY = "a-boundary"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
OURS, THEIRS = "roadsigns", "Flask and Keras"


def main() -> None:
    """Measure and print."""
    results = measure_services()
    Console(width=140).print(service_table(results))
    print(json.dumps(results))


def measure_services() -> dict[str, Any]:
    """Measure both services in turns, at each number of connections.

    Returns:
        {"levels": [{"connections", side: {"requests", "seconds", "p50_ms", "p99_ms", "refused", "failed"}}],
        "ratio": our best throughput divided by the other's}.
    """
    require_wrk()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own, so that Keras leaves no threads in this one.
        subprocess.run(
            [sys.executable, "-c", f"from bench.service import write_models; write_models({name!r})"], check=True
        )
        body = _write_form(folder / "form")
        ports = {OURS: _free_port(), THEIRS: _free_port()}
        with (
            _running(_our_command(folder, ports[OURS]), ports[OURS], body),
            _running(_their_command(ports[THEIRS]), ports[THEIRS], body, MODEL=str(folder / "model.keras")),
        ):
            for port in ports.values():
                _load(port, body, connections=CONNECTIONS[1], seconds=WARM_UP_SECONDS)
            levels = [
                {
                    "connections": connections,
                    **{
                        side: _load(port, body, connections=connections, seconds=SECONDS)
                        for side, port in ports.items()
                    },
                }
                for connections in CONNECTIONS
            ]
    best = {side: max(answered_per_second(level[side]) for level in levels) for side in ports}
    return {"seconds": SECONDS, "workers": WORKERS, "levels": levels, "ratio": best[OURS] / best[THEIRS]}


def require_wrk() -> None:
    """Exit if the load generator is missing."""
    if shutil.which("wrk") is None:
        raise SystemExit("The load generator wrk is not installed. Install it: apt-get install wrk")


def answered_per_second(figures: dict[str, float]) -> float:
    """Return how many requests per second got a prediction."""
    return (figures["requests"] - figures["refused"]) / figures["seconds"]


def service_table(results: dict[str, Any]) -> Table:
    """Return a table of the results, with one row for each number of connections."""
    table = Table(title=f"one image a request; best throughput {results['ratio']:.1f} times as high")
    table.add_column("connections", justify="right")
    for side in (OURS, THEIRS):
        for heading in ("answered/s", "p50 ms", "p99 ms", "429", "failed"):
            table.add_column(f"{side}\n{heading}", justify="right")
    for level in results["levels"]:
        cells = [str(level["connections"])]
        for side in (OURS, THEIRS):
            figures = level[side]
            cells += [f"{answered_per_second(figures):.0f}", f"{figures['p50_ms']:.1f}", f"{figures['p99_ms']:.1f}"]
            cells += [str(figures["refused"]), str(figures["failed"])]
        table.add_row(*cells)
    return table


def write_models(folder: str) -> None:
    """Write a network as model.keras and model.onnx."""
    from roadsigns.keras_import import import_keras
    from roadsigns.model_files.model_file import save_model
    from roadsigns.onnx_writer.graph import onnx_model

    import_keras().utils.set_random_seed(0)
    from roadsigns.models.build import build_inference_network

    network = build_inference_network("fast", num_classes=len(GTSRB_CLASSES), image_size=IMAGE_SIZE)
    metadata = ModelMetadata(
        network="fast",
        recipe="fast",
        preparation="box",
        image_size=IMAGE_SIZE,
        classes=GTSRB_CLASSES,
        source="none",
        trained_on=frozenset(),
        split=None,
        epoch=0,
    )
    save_model(network, metadata, Path(folder, "model.keras"))
    Path(folder, "model.onnx").write_bytes(onnx_model(network, metadata, float16=True))


def _write_form(path: Path) -> Path:
    """Write a form with the nearest frame of a drawn stop sign, as PNG."""
    frames = list(
        draw_track(
            STOP_SIGN,
            designs=official_designs(),
            drawing=Drawing(),
            frames=FRAMES,
            rng=np.random.default_rng(0),
        )
    )
    image = path.with_suffix(".png")
    Image.fromarray(frames[-1][0]).save(image)
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="sign.png"\r\n\r\n'
    path.write_bytes(head.encode() + image.read_bytes() + f"\r\n--{BOUNDARY}--\r\n".encode())
    return path


def _our_command(folder: Path, port: int) -> list[str]:
    script = str(Path(sys.executable).parent / "roadsigns")
    return [script, "serve", "--model", str(folder / "model.onnx"), "--port", str(port)]


def _their_command(port: int) -> list[str]:
    script = str(Path(sys.executable).parent / "gunicorn")
    return [script, "--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}", "bench.flask_service:app"]


@contextmanager
def _running(command: list[str], port: int, body: Path, **environment: str) -> Iterator[None]:
    """Run a service for the block, which begins once the service has answered a request."""
    with (
        body.with_name(f"log-{port}").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **environment}) as process,
    ):
        try:
            _wait_for_answer(process, port, body)
            yield
        finally:
            process.terminate()


def _wait_for_answer(process: "subprocess.Popen[bytes]", port: int, body: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = httpx.post(
                f"http://127.0.0.1:{port}/v1/predict",
                content=body.read_bytes(),
                headers={"Content-Type": CONTENT_TYPE},
                timeout=START_SECONDS,
            )
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        answer.raise_for_status()
        return
    raise RuntimeError(f"{process.args} did not answer: {body.with_name(f'log-{port}').read_text()}")


def _load(port: int, body: Path, *, connections: int, seconds: int) -> dict[str, float]:
    """Let wrk send requests as fast as they are answered, over so many connections."""
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
    command += ["--timeout", "30s", "--latency", "--script", str(FOLDER / "post.lua")]
    output = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/v1/predict"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "BODY": str(body), "CONTENT_TYPE": CONTENT_TYPE},
    ).stdout
    figures: dict[str, float] = json.loads(output.splitlines()[-1])
    return figures


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
