"""Images a second from files to labels, engine by engine, beside plain Keras `predict`; the wait for one image; starts.

    ROADSIGNS_GTSRB=FOLDER python -m bench.inference [--images 4000] [--model NAME_OR_FILE ...]

Without --model: recipe `fast`'s network, with random weights as long as none is built in, and the tutorial's. Sides
take turns, so that a drifting machine moves all of them; medians over the rounds. Nothing else should run meanwhile.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from roadsigns import Recognizer
from roadsigns.cpu import available_cores
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.reader import read_training
from roadsigns.inference.load_network import load_network
from roadsigns.keras_import import import_keras
from roadsigns.model_files.builtin import full_name
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import builtin_models, find_model
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import prepare, prepare_crop

IMAGES, ROUNDS, STARTS, SINGLES = 4000, 5, 11, 300
ENGINES = ("openvino", "onnxruntime")
KERAS_BATCH = 256


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument("--model", action="append", default=[])
    arguments = parser.parse_args()
    print_figures(measure(Path(os.environ["ROADSIGNS_GTSRB"]), arguments.images, arguments.model))


def measure(data: Path, images: int, models: list[str] | None = None) -> dict[str, Any]:
    """Measure models on images of a data folder, drawn by lot.

    Args:
        data: Holds Final_Training/Images.
        images: How many.
        models: None for `fast` and the tutorial's.
    """
    samples = read_training(data).samples
    chosen = np.random.default_rng(0).choice(len(samples), min(images, len(samples)), replace=False)
    files = [samples[index].path for index in chosen]
    with _models(models) as named:
        figures = {name: _measure_model(model, files) for name, model in named.items()}
    return {"cores": available_cores(), "images": len(files), "models": figures, "start_s": _start_seconds(files[0])}


def print_figures(figures: dict[str, Any]) -> None:
    """Print what `measure` found."""
    table = Table(title=f"{figures['images']} PPM files to labels on {figures['cores']} cores, n={ROUNDS}", box=None)
    for heading in (
        "network",
        "engine",
        "images/s",
        "lowest",
        "highest",
        "one image, ms",
        "decode",
        "prepare",
        "compute",
    ):
        table.add_column(heading, justify="left" if heading in ("network", "engine") else "right")
    for name, model in figures["models"].items():
        for engine, row in model.items():
            shares = [f"{row[part]:.0f} %" if part in row else "" for part in ("decode", "prepare", "compute")]
            single = f"{row['single_ms']:.2f}" if "single_ms" in row else ""
            rates = (f"{rate:.0f}" for rate in (median(row["rates"]), min(row["rates"]), max(row["rates"])))
            table.add_row(name, engine, *rates, single, *shares)
    console = Console(width=140)
    console.print(table)
    console.print("One image: decoded before, median. Shares of the CPU time of one thread, from file to label.")
    for command, seconds in figures["start_s"].items():
        console.print(f"{command}: {seconds:.2f} s, median of {STARTS} cold starts")


@contextmanager
def _models(models: list[str] | None) -> Iterator[dict[str, Path]]:
    if models:
        yield {name: find_model(name) for name in models}
        return
    built_in = builtin_models()
    with tempfile.TemporaryDirectory() as folder:
        fast = built_in.get(full_name("fast")) or _random_fast(Path(folder, "fast.onnx"))
        yield {
            "fast" if full_name("fast") in built_in else "fast (random weights)": fast,
            "tutorial": built_in[full_name("tutorial-augmented")],
        }


def _random_fast(path: Path) -> Path:
    """Write the network of recipe `fast` untrained: it computes as much."""
    import_keras()
    from roadsigns.models.build import build_inference_network
    from roadsigns.onnx_writer.graph import onnx_model

    network = build_inference_network("fast", num_classes=len(GTSRB_CLASSES), image_size=32)
    metadata = ModelMetadata("fast", "fast", "box", 32, GTSRB_CLASSES, "none", frozenset(), None, 0)
    path.write_bytes(onnx_model(network, metadata, float16=True))
    return path


def _measure_model(model: Path, files: list[Path]) -> dict[str, dict[str, Any]]:
    recognizers = {engine: Recognizer.load(model, engine=engine) for engine in ENGINES}
    sides: dict[str, Callable[[], object]] = {
        recognizer.engine.name: lambda recognizer=recognizer: recognizer.predict(files)
        for recognizer in recognizers.values()
    }
    sides["plain Keras predict"] = _plain_keras(model, recognizers["onnxruntime"].metadata, files)
    for side in sides.values():
        side()
    rows: dict[str, dict[str, Any]] = {name: {"rates": []} for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            start = time.perf_counter()
            side()
            rows[name]["rates"].append(len(files) / (time.perf_counter() - start))
    for recognizer in recognizers.values():
        rows[recognizer.engine.name] |= _single(recognizer, files)
    for engine in ENGINES:
        rows[recognizers[engine].engine.name] |= _shares(Recognizer.load(model, engine=engine, threads=1), files)
    return rows


def _plain_keras(model: Path, metadata: ModelMetadata, files: list[Path]) -> Callable[[], object]:
    """The way that people write: prepare all, then `predict`. Preparing is ours, the rest is plain Keras."""
    network = load_network(model)
    preparation = metadata.as_preparation()

    def run() -> object:
        images = np.stack([prepare(read_image(file), preparation) for file in files])
        return network.predict(images, batch_size=KERAS_BATCH, verbose=0).argmax(axis=1)

    return run


def _single(recognizer: Recognizer, files: list[Path]) -> dict[str, float]:
    """Median milliseconds of `predict_one` on a decoded image."""
    seconds = []
    for image in [read_image(file) for file in files[:SINGLES]]:
        start = time.perf_counter()
        recognizer.predict_one(image)
        seconds.append(time.perf_counter() - start)
    return {"single_ms": 1000 * median(seconds)}


def _shares(recognizer: Recognizer, files: list[Path]) -> dict[str, float]:
    """Percent of CPU time that decoding, preparing and computing take, each alone and in one thread."""
    preparation = recognizer.metadata.as_preparation()
    images, decode = _timed(lambda: [read_image(file) for file in files])
    crops, prepared = _timed(lambda: np.stack([prepare_crop(image, preparation) for image in images]))
    recognizer.probabilities(crops[:64])
    _, compute = _timed(lambda: recognizer.probabilities(crops))
    whole = decode + prepared + compute
    return {"decode": 100 * decode / whole, "prepare": 100 * prepared / whole, "compute": 100 * compute / whole}


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def _start_seconds(file: Path) -> dict[str, float]:
    """Median seconds of cold starts: a process each."""
    script = str(Path(sys.executable).parent / "roadsigns")
    with tempfile.TemporaryDirectory() as folder:
        sign = str(Path(folder, "sign.png"))
        Image.fromarray(read_image(file)).save(sign)
        commands = {"roadsigns predict sign.png": [script, "predict", sign], "roadsigns models": [script, "models"]}
        return {name: _median_seconds(command) for name, command in commands.items()}


def _median_seconds(command: list[str]) -> float:
    seconds = []
    for _ in range(STARTS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return median(seconds[1:])


if __name__ == "__main__":
    main()
