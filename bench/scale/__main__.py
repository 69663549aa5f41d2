"""The command line of `bench.scale`."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from bench.scale.measure import measure
from bench.scale.simulate import HOUR, Outcome, Plan, simulate

SEEDS = range(10)
# What a plan assumes of machines and prices: examples, to be replaced by one's own. Dollars, and seconds until a rented
# machine has started and fetched its image.
MACHINE_CORES, MACHINE_HOUR, GET_THOUSAND, PUT_THOUSAND = 16, 0.70, 0.0004, 0.005
BOOT_SECONDS = 180.0
IMAGES = (100_000_000, 1_000_000_000)
MACHINES = (1, 10, 50)
LOSSES = (0.0, 0.1, 1.0)
COLUMNS = (
    "images",
    "machines",
    "losses/hour",
    "minutes",
    "ideal",
    "machines lost",
    "computed again",
    "idle",
    "dollars/million",
    "of which requests",
)


def main() -> None:
    """Parse the arguments and run a command."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="What jobs on Ray cost.")
    commands = parser.add_subparsers(required=True)
    measuring = commands.add_parser("measure", help="images/s, memory and start-up time")
    measuring.add_argument("data", type=Path, help="GTSRB's folder")
    measuring.add_argument("folder", type=Path, help="for crops, results and scale.json")
    measuring.add_argument("--count", type=int, default=1_000_000, help="number of crops")
    measuring.add_argument("--model", default="fast", help="a built-in model")
    measuring.add_argument("--repeats", type=int, default=3, help="runs of the start-up time")
    measuring.set_defaults(
        run=lambda one: measure(one.data, one.folder, count=one.count, model=one.model, repeats=one.repeats)
    )
    planning = commands.add_parser("plan", help="minutes, machines and cost, simulated")
    planning.add_argument("measured", type=Path, help="scale.json")
    planning.add_argument("--pace", type=float, help="images/s of a core; without it, as measured with one worker")
    planning.add_argument("--shard-images", type=int, help="images in a shard; without it, as measured")
    planning.add_argument("--gets", type=int, default=20, help="storage requests that read, for each shard")
    planning.add_argument("--puts", type=int, default=1, help="storage requests that write, for each shard")
    planning.set_defaults(run=plan)
    options = parser.parse_args()
    options.run(options)


def plan(options: argparse.Namespace) -> None:
    """Print a table with a line for each number of images, machines and losses: medians of ten simulations."""
    measured = json.loads(options.measured.read_text())
    one = next(run for run in measured["runs"] if run["name"] == "ray 1")
    pace = options.pace or one["images_per_second"]
    shard_images = options.shard_images or round(one["images"] / measured["shards"])
    start = measured["seconds_of_1000_images"]["ray 1"]
    print(f"{shard_images:,} images a shard, {pace:,.0f} images/s a core, {start:.0f} s from start to first images\n")
    print(_row(COLUMNS), _row(["---"] * len(COLUMNS)), sep="\n")
    for images in IMAGES:
        for machines in MACHINES:
            for losses in LOSSES:
                wanted = Plan(
                    images=images,
                    shard_images=shard_images,
                    images_per_second=pace,
                    start_seconds=start,
                    machines=machines,
                    cores=MACHINE_CORES,
                    losses_per_hour=losses,
                )
                outcomes = [simulate(wanted, seed=seed) for seed in SEEDS]
                requests = wanted.shards / 1000 * (options.gets * GET_THOUSAND + options.puts * PUT_THOUSAND)
                print(_row(_cells(wanted, outcomes, requests)))


def _cells(plan: Plan, outcomes: list[Outcome], requests: float) -> list[str]:
    hours, idle, again, lost = (
        median(getattr(outcome, name) for outcome in outcomes)
        for name in ("hours", "idle", "recomputed", "lost_machines")
    )
    dollars = (hours + BOOT_SECONDS / HOUR) * plan.machines * MACHINE_HOUR + requests
    millions = plan.images / 1e6
    return [
        f"{millions:,.0f} M",
        f"{plan.machines}",
        f"{plan.losses_per_hour:g}",
        f"{hours * 60:,.1f}",
        f"{outcomes[0].ideal_hours * 60:,.1f}",
        f"{lost:g}",
        f"{again:.2%}",
        f"{idle:.1%}",
        f"{dollars / millions:.4f}",
        f"{requests / millions:.4f}",
    ]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


main()
