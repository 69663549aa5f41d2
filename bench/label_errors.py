"""Label errors planted into GTSRB's training set, and how many of them an audit finds.

python -m bench.label_errors plant GTSRB PLANTED --like --seed 1
roadsigns cross-validate --data PLANTED --recipe fast --folds 2 --by group --out CROSS
python -m bench.label_errors judge PLANTED CROSS

The copy consists of symbolic links. A wrong image stands alone in the folder of another class, under a track number of
its own; a wrong track stands there whole. PLANTED/planted.json tells them.
"""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from roadsigns.audit.audit import audit_samples
from roadsigns.audit.evidence.evidence import Evidence
from roadsigns.audit.evidence.read import read_evidence
from roadsigns.audit.suspect import Suspect
from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.reader import read_training

IMAGES = Path("Final_Training", "Images")
RECORD = "planted.json"
# Above GTSRB's own track numbers.
FIRST_TRACK, FIRST_IMAGE = 900, 1000


def another_class(rng: np.random.Generator, *, like: bool) -> Callable[[int], int]:
    """Return what draws a wrong class: any other one, or another one of the same subset of GTSRB."""
    subsets = [subset.class_ids for subset in GTSRB.subsets] if like else [tuple(range(len(GTSRB.classes)))]

    def draw(class_id: int) -> int:
        choices = next(subset for subset in subsets if class_id in subset)
        return int(rng.choice([one for one in choices if one != class_id]))

    return draw


def plant(gtsrb: Path, out: Path, *, images: int, tracks: int, seed: int, like: bool) -> None:
    """Write the copy with so many wrong images and wrong tracks."""
    rng = np.random.default_rng(seed)
    wrong_class = another_class(rng, like=like)
    rows: list[tuple[Path, list[str]]] = []
    header: list[str] = []
    for folder in sorted((gtsrb / IMAGES).iterdir()):
        with (folder / f"GT-{folder.name}.csv").open(newline="") as file:
            header, *lines = csv.reader(file, delimiter=";")
        rows += [(folder, line) for line in lines]
    by_track = defaultdict(list)
    for index, (folder, line) in enumerate(rows):
        by_track[folder.name, line[0].partition("_")[0]].append(index)
    target: dict[int, tuple[int, str]] = {}
    planted: dict[str, list[str]] = {"images": [], "tracks": []}
    for count, place in enumerate(rng.choice(len(by_track), tracks, replace=False).tolist()):
        key = sorted(by_track)[place]
        class_id, number = wrong_class(int(key[0])), f"{FIRST_TRACK + count:05d}"
        planted["tracks"].append(f"{class_id}/{number}")
        for index in by_track[key]:
            target[index] = class_id, f"{number}_{rows[index][1][0].partition('_')[2]}"
    free = [index for index in range(len(rows)) if index not in target]
    for count, index in enumerate(rng.choice(free, images, replace=False).tolist()):
        folder, line = rows[index]
        class_id, name = wrong_class(int(folder.name)), f"{FIRST_IMAGE + count:05d}_{line[0].partition('_')[2]}"
        target[index] = class_id, name
        planted["images"].append(f"{class_id:05d}/{name}")
    written = defaultdict(list)
    for index, (folder, line) in enumerate(rows):
        class_id, name = target.get(index, (int(folder.name), line[0]))
        place = out / IMAGES / f"{class_id:05d}" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(folder.absolute() / line[0])
        written[class_id].append([name, *line[1:-1], str(class_id)])
    for class_id, lines in written.items():
        with (out / IMAGES / f"{class_id:05d}" / f"GT-{class_id:05d}.csv").open("w", newline="") as file:
            csv.writer(file, delimiter=";", lineterminator="\n").writerows([header, *sorted(lines)])
    (out / RECORD).write_text(json.dumps(planted, indent=1))


def judge(data: Path, cross: Path) -> None:
    """Print how many of the planted errors are found, with tracks and as if none were known."""
    planted = json.loads((data / RECORD).read_text())
    evidence = read_evidence(cross, read_training(data), data)
    print(f"{100 * evidence.accuracy:.2f} % read as labelled")
    suspects = audit_samples(data, evidence).suspects
    tracks = {f"{one.class_id}/{one.track}" for one in suspects if one.kind == "wrong-track"}
    tell("wrong tracks", tracks, set(planted["tracks"]))
    wrong = {key.partition("/")[::2] for key in planted["tracks"]}
    for title, found in (
        ("wrong images", images_of(suspects)),
        ("wrong images, tracks not known", images_of(audit_samples(data, without_tracks(evidence)).suspects)),
    ):
        # The frames of a wrong track are wrong images too.
        frames = {name for name in found if track_of(name) in wrong}
        tell(title, found - frames, set(planted["images"]))
        print(f"    and {len(frames):,} frames of the wrong tracks")


def track_of(name: str) -> tuple[str, str]:
    """Return class and track of an image's name, such as "00014/00003_00027.ppm"."""
    folder, _, file = name.partition("/")
    return str(int(folder)), file.partition("_")[0]


def without_tracks(evidence: Evidence) -> Evidence:
    """Return the same predictions for images of which no track is known."""
    return replace(evidence, samples=tuple(replace(sample, track=None) for sample in evidence.samples))


def images_of(suspects: tuple[Suspect, ...]) -> set[str]:
    """Return the images whose label is suspected, by folder and file."""
    return {"/".join(Path(one.paths[0]).parts[-2:]) for one in suspects if one.kind == "wrong-label"}


def tell(title: str, found: set[str], planted: set[str]) -> None:
    """Print recall and precision."""
    both = len(found & planted)
    shares = f"{both / max(1, len(planted)):.3f} found, precision {both / max(1, len(found)):.3f}"
    print(f"{title}: {len(planted)} planted, {len(found)} named, {both} of both: {shares}")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    planting = commands.add_parser("plant")
    planting.add_argument("gtsrb", type=Path)
    planting.add_argument("out", type=Path)
    planting.add_argument("--images", type=int, default=200)
    planting.add_argument("--tracks", type=int, default=20)
    planting.add_argument("--seed", type=int, default=0)
    planting.add_argument("--like", action="store_true", help="Wrong classes are of the same subset.")
    judging = commands.add_parser("judge")
    judging.add_argument("data", type=Path)
    judging.add_argument("cross", type=Path)
    options = vars(parser.parse_args())
    run = {"plant": plant, "judge": judge}[options.pop("command")]
    run(**options)


if __name__ == "__main__":
    main()
