"""Recipe `fast` beside the whole of the tutorial: both from image files to a trained model, in one run of this program.

    python -m bench.fast_recipe GTSRB            # `fast` five times; of the tutorial a part, and scaled
    python -m bench.fast_recipe GTSRB --whole    # all of the tutorial, once, and the errors of both on the same signs

Ours is `roadsigns train` as a user runs it: a process each, start of Python and imports included, nothing in the cache.
The tutorial's side is `bench.tutorial_side`: preparing, 30 epochs plain and 30 augmented. Nothing else should run
meanwhile. The last line is one JSON object.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from roadsigns.evaluation.evaluate import evaluate

__all__ = ["compare_fast", "print_fast"]

TIMINGS = 5
WHOLE = ("--part", "1", "--epochs", "30")
OUTSIDE = "start and end of Python"


def main() -> None:
    """Time both sides and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--whole", action="store_true", help="run all of the tutorial's side, for hours")
    parser.add_argument("--timings", type=int, default=TIMINGS, help="how often `fast` is trained")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override a value of `fast`")
    parser.add_argument("--part", type=int, help="the tutorial prepares every so manieth image")
    parser.add_argument("--epochs", type=int, help="the tutorial trains so many of its 30 epochs")
    arguments = parser.parse_args()
    tutorial = list(WHOLE) if arguments.whole else []
    for name in ("part", "epochs"):
        if (value := getattr(arguments, name)) is not None:
            tutorial += [f"--{name}", str(value)]
    results = compare_fast(
        arguments.data, whole=arguments.whole, timings=arguments.timings, overrides=arguments.set, tutorial=tutorial
    )
    print_fast(results)
    print(json.dumps(results))


def compare_fast(
    data: Path,
    *,
    whole: bool = False,
    timings: int = TIMINGS,
    overrides: Sequence[str] = (),
    tutorial: Sequence[str] = (),
) -> dict[str, Any]:
    """Time recipe `fast` and the tutorial's side.

    Args:
        data: The folder that holds Final_Training/Images.
        whole: Also count the errors of both sides (of ours: the last run's) in images that neither was trained on.
        timings: How often `fast` is trained.
        overrides: Of the recipe, such as "training.epochs=1".
        tutorial: Options of `bench.tutorial_side`.

    Returns:
        "seconds" of each training of ours, their median, "parts" (medians of where they go), "tutorial" (what
        `bench.tutorial_side` prints), and the ratios: to all of the tutorial, and to its augmented training alone.
    """
    runs = []
    ours: tuple[set[str], set[str]] = (set(), set())
    for number in range(timings):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(_train_fast(data, Path(folder), overrides))
            if whole and number == timings - 1:
                ours = _read_held_out(Path(folder, "run"), data)
    theirs = json.loads(_run([sys.executable, "-m", "bench.tutorial_side", str(data), *tutorial]).splitlines()[-1])
    held_out = set(theirs.pop("held_out"))
    wrong = {name: set(theirs.pop(f"{name}_wrong")) for name in ("plain", "augmented")}
    theirs["augmented_alone_s"] = theirs["prepare_s"] + theirs["augmented_s"]
    theirs["whole_s"] = theirs["augmented_alone_s"] + theirs["plain_s"]
    seconds = [run["wall"] for run in runs]
    results = {
        "seconds": seconds,
        "median_s": median(seconds),
        "parts": {part: median(run["parts"].get(part, 0.0) for run in runs) for part in runs[-1]["parts"]},
        "validation": [run["validation"] for run in runs],
        "tutorial": theirs,
        "ratio": theirs["whole_s"] / median(seconds),
        "ratio_augmented_alone": theirs["augmented_alone_s"] / median(seconds),
    }
    if whole:
        judged, misread = ours
        both = judged & held_out
        errors = {f"tutorial_{name}": len(paths & both) for name, paths in wrong.items()}
        results["same_images"] = {"images": len(both), "ours": len(misread & both), **errors}
    return results


def print_fast(results: dict[str, Any]) -> None:
    """Print the timings, where the seconds go, and the ratio."""
    theirs = results["tutorial"]
    print(f"Recipe fast, seconds: {' '.join(f'{value:.1f}' for value in results['seconds'])}")
    print(f"  median {results['median_s']:.1f} s, of which (medians):")
    for part, value in sorted(results["parts"].items(), key=lambda item: -item[1]):
        print(f"    {part:24} {value:7.2f} s")
    for figures in results["validation"]:
        print(f"  validation: {figures['errors']} errors in {figures['images']} images")
    print(
        f"The tutorial, from {theirs['prepared']:,} prepared images and {theirs['epochs']} epochs of each training:\n"
        f"  preparing {theirs['prepare_s']:.0f} s, plain {theirs['plain_s']:.0f} s, augmented "
        f"{theirs['augmented_s']:.0f} s, together {theirs['whole_s']:.0f} s"
    )
    print(f"Ratio {results['ratio']:.1f}; without the plain training {results['ratio_augmented_alone']:.1f}")
    if "same_images" in results:
        same = results["same_images"]
        print(
            f"Errors in the same {same['images']:,} images, held out from both: fast {same['ours']}, the tutorial "
            f"{same['tutorial_plain']} plain and {same['tutorial_augmented']} augmented"
        )


def _train_fast(data: Path, folder: Path, overrides: Sequence[str]) -> dict[str, Any]:
    script = str(Path(sys.executable).parent / "roadsigns")
    command = [script, "train", "--data", str(data), "--recipe", "fast", "--run", str(folder / "run")]
    command += [word for override in overrides for word in ("--set", override)]
    start = time.perf_counter()
    _run(command, ROADSIGNS_CACHE=str(folder / "cache"))
    wall = time.perf_counter() - start
    figures = json.loads((folder / "run" / "figures.json").read_text())
    parts = {**figures["seconds"], OUTSIDE: wall - sum(figures["seconds"].values())}
    return {"wall": wall, "parts": parts, "validation": figures["validation"]}


def _read_held_out(run: Path, data: Path) -> tuple[set[str], set[str]]:
    """Return the files of the held-out images, and of those that the model misreads."""
    evaluation = evaluate(run, data, split="validation")
    wrong = evaluation.probabilities.argmax(axis=1) != evaluation.labels
    paths = [str(sample.path) for sample in evaluation.samples]
    return set(paths), {path for path, is_wrong in zip(paths, wrong, strict=True) if is_wrong}


def _run(command: list[str], **environment: str) -> str:
    """Run a program to its end; what it said on standard error is shown only if it fails."""
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **environment})
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {ended.returncode}:\n{ended.stderr}")
    return ended.stdout


if __name__ == "__main__":
    main()
