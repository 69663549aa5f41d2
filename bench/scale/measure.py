"""Images/s, memory and start-up time of the plain command and of Ray with one and two workers, on the same crops."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from bench.scale.crops import write_crops
from roadsigns.cpu import available_cores, cpu_name

__all__ = ["measure"]

SECONDS_BETWEEN_SAMPLES = 2.0
MEGABYTE = 1 << 20
# Ray's own processes; the rest of a command's tree is the driver, the workers and helpers of Python.
WORKER = "ray::ShardWorker"
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Run:
    """A command that was measured.

    Attributes:
        name: What it is.
        seconds: From its start to its end.
        images: How many it read.
        driver: Resident memory of its first process over time, in megabytes.
        workers: The same of the largest worker.
    """

    name: str
    seconds: float = 0.0
    images: int = 0
    driver: list[float] = field(default_factory=list)
    workers: list[float] = field(default_factory=list)

    @property
    def pace(self) -> float:
        """Images a second, start included."""
        return self.images / self.seconds


def measure(data: Path, folder: Path, *, count: int, model: str, repeats: int) -> None:
    """Measure everything and write `folder`/scale.json; what it prints is the same.

    Args:
        data: GTSRB's folder.
        folder: For crops and results; crops that are there are used again.
        count: Number of crops.
        model: A built-in model.
        repeats: How often the runs of few images are repeated.
    """
    crops, few = folder / f"crops-{count}", folder / "crops-few"
    folder.mkdir(parents=True, exist_ok=True)
    write_crops(data, crops, count=count)
    write_crops(data, few, count=1000)
    cores = available_cores()
    ways = {
        "plain": ["--threads", str(cores)],
        "ray 1": ["--on", "ray", "--workers", "1"],
        f"ray {cores}": ["--on", "ray", "--workers", str(cores)],
    }
    base = ["--model", model]
    starts = {
        name: median(_run(name, few, count=1000, options=base + way).seconds for _ in range(repeats))
        for name, way in ways.items()
    }
    runs = [_run(name, crops, count=count, options=base + way) for name, way in ways.items()]
    result = {
        "cpu": cpu_name(),
        "cores": cores,
        "model": model,
        "seconds_of_1000_images": starts,
        "repeats": repeats,
        "runs": [asdict(run) | {"images_per_second": run.pace} for run in runs],
        "shards": len(list(crops.glob("*.parquet"))),
        "shard_bytes": median(file.stat().st_size for file in crops.glob("*.parquet")),
    }
    (folder / "scale.json").write_text(json.dumps(result, indent=1) + "\n")
    for run in runs:
        memory = f"driver {_span(run.driver)} MB" + (f", largest worker {_span(run.workers)} MB" if run.workers else "")
        print(f"{run.name}: {run.images:,} images in {run.seconds:,.0f} s, {run.pace:,.0f} images/s; {memory}")
    print(f"Seconds of 1,000 images, median of {repeats}: {starts}")


def _span(memory: list[float]) -> str:
    """Tell the memory after a tenth of the run, at its end, and the most."""
    return f"{memory[len(memory) // 10]:,.0f} to {memory[-1]:,.0f}, at most {max(memory):,.0f}"


def _run(name: str, crops: Path, *, count: int, options: list[str]) -> Run:
    out = crops.parent / "results"
    shutil.rmtree(out, ignore_errors=True)
    target = out if "ray" in options else out / "all.parquet"
    if target is not out:
        out.mkdir()
    command = [sys.executable, "-m", "roadsigns", "predict", str(crops), "--out", str(target), *options]
    run = Run(name, images=count)
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    watching = threading.Thread(target=_watch, args=(process, run), daemon=True)
    watching.start()
    if process.wait() != 0:
        raise SystemExit(f"{' '.join(command)} failed.")
    run.seconds = time.monotonic() - start
    watching.join()
    return run


def _watch(process: subprocess.Popen[bytes], run: Run) -> None:
    while process.poll() is None:
        driver = _resident(Path("/proc") / str(process.pid))
        if driver:
            run.driver.append(driver)
        workers = [_resident(path) for path in Path("/proc").glob("[0-9]*") if _is_worker(path)]
        if workers:
            run.workers.append(max(workers))
        time.sleep(SECONDS_BETWEEN_SAMPLES)


def _is_worker(process: Path) -> bool:
    try:
        return (process / "cmdline").read_text().startswith(WORKER)
    except OSError:
        return False


def _resident(process: Path) -> float:
    """Return megabytes; 0 for a process that has ended."""
    try:
        return int((process / "statm").read_text().split()[1]) * PAGE_BYTES / MEGABYTE
    except (OSError, IndexError):
        return 0.0
