"""Print how roadsigns compares with the tutorial's code: ratios within this run, medians, n.

    ROADSIGNS_GTSRB=FOLDER make bench

FOLDER holds Final_Training/Images. Nothing else should run meanwhile. Writes runs/bench-DATE-TIME.json.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from roadsigns.cli.shared.process import make_keras_import_quiet
from roadsigns.keras_import import import_keras

make_keras_import_quiet()
import_keras()

# Some of these import Keras themselves, which would not be quiet.
from bench import inference  # noqa: E402
from bench.fast_recipe import compare_fast, print_fast  # noqa: E402
from bench.measure import prepare_everything, prepare_one_core, train_side_by_side  # noqa: E402
from bench.service import measure_services, require_wrk, service_table  # noqa: E402
from roadsigns.cpu import cpu_name  # noqa: E402
from roadsigns.datasets.gtsrb import GTSRB_CLASSES  # noqa: E402

START_RUNS = 15
DRAW_RUNS = 3


def main() -> None:
    """Run every measurement and print one table."""
    folder = os.environ.get("ROADSIGNS_GTSRB")
    if not folder:
        raise SystemExit("Set ROADSIGNS_GTSRB to the folder that holds Final_Training: real images are measured.")
    require_wrk()
    data = Path(folder)
    rows: list[tuple[str, str, str, str, str]] = []
    results: dict[str, Any] = {"cpu": cpu_name(), "cores": os.cpu_count(), "data": str(data)}

    results["start"] = start_seconds()
    for name, value in results["start"].items():
        rows.append((name, f"{value:.3f} s", "", "", f"n={START_RUNS}"))

    results["prepare_one_core"] = one = prepare_one_core(data)
    rows.append(
        ("preparing one image, one core", f"{one['ours_us']:.0f} us", f"{one['tutorial_us']:.0f} us",
         f"{one['ratio']:.1f}", f"n={one['images']}")
    )  # fmt: skip
    results["prepare_all"] = everything = prepare_everything(data)
    rows.append(
        ("all training images, files to arrays", f"{everything['ours_s']:.1f} s", f"{everything['tutorial_s']:.0f} s",
         f"{everything['ratio']:.1f}", f"n={everything['n']}; theirs scaled from a tenth")
    )  # fmt: skip
    results["draw"] = drawn = draw_signs()
    rows.append(("drawn signs, images/s, both cores", f"{drawn['images_per_second']:.0f}", "", "", f"n={drawn['n']}"))
    results["train"] = trained = train_side_by_side(data)
    rows.append(
        ("training, images/s", f"{trained['ours']:.0f} {trained['precision']}", f"{trained['tutorial']:.0f} float32",
         f"{trained['ratio']:.2f}", f"n={trained['n']} rounds, ratio of each: {trained['ratios']}")
    )  # fmt: skip
    rows.append(("our network waits for data", f"{trained['waiting_percent']:.2f} % of the time", "", "", ""))
    results["fast"] = fast = compare_fast(data)
    rows.append(
        ("recipe fast, files to model", f"{fast['median_s']:.1f} s", f"{fast['tutorial']['whole_s']:.0f} s",
         f"{fast['ratio']:.1f}", f"n={len(fast['seconds'])}; theirs scaled from a part")
    )  # fmt: skip
    results["memory_mb"] = memory = training_memory(data)
    rows.append(("peak memory of training on all images", f"{memory} MB", "", "", "one epoch"))

    table = Table(title=f"{results['cpu']}, {results['cores']} cores")
    for heading in ("", "roadsigns", "the tutorial's code", "ratio", "n"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*row)
    Console(width=140).print(table)
    print_fast(fast)
    results["inference"] = read = inference.measure(data, inference.IMAGES)
    inference.print_figures(read)
    results["service"] = service = measure_services()
    Console(width=140).print(service_table(service))
    target = Path("runs", f"bench-{time.strftime('%Y%m%d-%H%M%S')}.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=2) + "\n")
    print(f"Written to {target}")


def start_seconds() -> dict[str, float]:
    """Median seconds of starting Python for `roadsigns --help` and `import roadsigns`, after one warm-up."""
    script = str(Path(sys.executable).parent / "roadsigns")
    commands = {
        "roadsigns --help": [script, "--help"],
        "import roadsigns": [sys.executable, "-c", "import roadsigns"],
    }
    return {name: _median_seconds(command) for name, command in commands.items()}


def _median_seconds(command: list[str]) -> float:
    seconds = []
    for _ in range(START_RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return median(seconds[1:])


def draw_signs() -> dict[str, float]:
    """Median images/s of `roadsigns draw`, start of Python and of its processes included."""
    script = str(Path(sys.executable).parent / "roadsigns")
    rates = []
    for seed in range(DRAW_RUNS):
        with tempfile.TemporaryDirectory() as folder:
            command = [script, "draw", f"{folder}/signs", "--tracks", "40", "--test-tracks", "0", "--seed", str(seed)]
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            rates.append(len(GTSRB_CLASSES) * 40 * 10 / (time.perf_counter() - start))
    return {"images_per_second": median(rates), "n": DRAW_RUNS}


def training_memory(data: Path) -> int:
    """Peak resident memory in MB of a training process on all images, decoding included."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder, "run")
        subprocess.run(
            [sys.executable, "-c", "from roadsigns.cli.main import main; main()", "train", "--data", str(data),
             "--recipe", "tutorial-augmented", "--run", str(run), "--set", "training.epochs=1",
             "--set", "data.split=none"],
            check=True, env={**os.environ, "ROADSIGNS_CACHE": str(Path(folder, "cache"))},
        )  # fmt: skip
        return int(json.loads((run / "figures.json").read_text())["peak_memory_mb"])


if __name__ == "__main__":
    main()
