"""The command line of `bench.scale`."""

import argparse
import json
from pathlib import Path
from statistics import median
from typing import Any

from bench.scale.measure import measure
from bench.scale.simulate import Plan, simulate

SEEDS = range(10)
# What a plan assumes of machines and prices: examples, to be replaced by one's own. Dollars.
MACHINE_CORES, MACHINE_HOUR, GET_THOUSAND, PUT_THOUSAND = 16, 0.70, 0.0004, 0.005
IMAGES = (100_000_000, 1_000_000_000)
MACHINES = (10, 50, 200)
LOSSES = (0.0, 0.01, 0.1)


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
    planning = commands.add_parser("plan", help="hours, machines and cost, simulated")
    planning.add_argument("measured", type=Path, help="scale.json")
    planning.add_argument("--gets", type=int, default=20, help="storage requests that read, for each shard")
    planning.add_argument("--puts", type=int, default=5, help="storage requests that write, for each shard")
    planning.set_defaults(run=lambda one: plan(json.loads(one.measured.read_text()), gets=one.gets, puts=one.puts))
    options = parser.parse_args()
    options.run(options)


def plan(measured: dict[str, Any], *, gets: int, puts: int) -> None:
    """Print a line for each number of images, machines and losses: medians of simulations with ten seeds."""
    one = next(run for run in measured["runs"] if run["name"] == "ray 1")
    shard_images = round(one["images"] / measured["shards"])
    start = measured["seconds_of_1000_images"]["ray 1"]
    print(f"{shard_images:,} images a shard, {one['images_per_second']:,.0f} images/s a core, {start:.0f} s to start")
    for images in IMAGES:
        for machines in MACHINES:
            for losses in LOSSES:
                wanted = Plan(
                    images=images,
                    shard_images=shard_images,
                    images_per_second=one["images_per_second"],
                    start_seconds=start,
                    machines=machines,
                    cores=MACHINE_CORES,
                    losses_per_hour=losses,
                )
                outcomes = [simulate(wanted, seed=seed) for seed in SEEDS]
                hours, idle, again, lost = (
                    median(getattr(outcome, name) for outcome in outcomes)
                    for name in ("hours", "idle", "recomputed", "lost_machines")
                )
                requests = wanted.shards / 1000 * (gets * GET_THOUSAND + puts * PUT_THOUSAND)
                dollars = hours * machines * MACHINE_HOUR + requests
                print(
                    f"{images / 1e6:,.0f} M images, {machines} machines, {losses:g} losses/hour: {hours:.2f} h, ideal "
                    f"{outcomes[0].ideal_hours:.2f} h, {lost:g} machines lost, {again:.2%} computed again, idle "
                    f"{idle:.1%}, {dollars / images * 1e6:.2f} dollars a million, of which requests "
                    f"{requests / images * 1e6:.4f}"
                )


main()
