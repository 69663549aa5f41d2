"""What a model fine-tuned on eight classes calls unknown: GTSRB's other signs, and any folder of unknown images.

    python -m bench.own_unknown GTSRB --unknown DIR

As in `bench.few_shot`, a recipe, shortened and on real images alone, is trained on the other 35 classes; a fifth of the
groups of look-alike tracks is held out. No negative shows one of the eight. It is then fine-tuned (recipe `fine-tune`)
on 20 images of each of the eight, of 5 signs. Known images are every third frame of other signs of the eight classes,
unknown ones every fifth frame of the signs of the 35 classes that were held out, and those of DIR. The score is the
known score. The last line is one JSON object.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from bench.few_shot import HELD_OUT, PRETRAINED, SIZES, choose_few, write_classes, write_others
from roadsigns.evaluation.evaluate import choose_images
from roadsigns.evaluation.rejection.evaluate import evaluate_unknown
from roadsigns.training.api import train as train_model

IMAGES = 20
EVERY = 5
HELD_OUT_GROUPS = ("data.split=group", "data.validation_fraction=0.2", "training.validate_every_epochs=6")


def main() -> None:
    """Train, fine-tune, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--unknown", type=Path, help="folder of images that show none of the eight classes")
    parser.add_argument("--recipe", default="best", help="what is trained on the other classes")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override of `fine-tune`")
    parser.add_argument("--work", type=Path, help="folder that keeps the first training, and is taken up again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        others = write_others(arguments.data, work / "others", without=HELD_OUT)
        start = work / "start"
        if not (start / "figures.json").is_file():
            overrides = (*PRETRAINED, *HELD_OUT_GROUPS)
            train_model(others, run=start, recipe=arguments.recipe, seed=0, overrides=overrides, resume=start.exists())
        held_out = choose_images(start, others, split="validation", boxes="given", allow_seen=False).images.samples
        sources = {"GTSRB's others": write_classes(held_out[::EVERY], Path(temporary, "unknown"))}
        if arguments.unknown:
            sources["unknown"] = arguments.unknown
        lines = []
        for seed in range(arguments.seeds):
            few, judged = choose_few(arguments.data, HELD_OUT, images=IMAGES, tracks=SIZES[IMAGES], seed=seed)
            with tempfile.TemporaryDirectory() as folder:
                train = write_classes(few, Path(folder, "few"))
                judge = write_classes(judged, Path(folder, "judged"))
                run = Path(folder, "run")
                train_model(train, run=run, init=str(start), seed=seed, overrides=("data.split=none", *arguments.set))
                for name, unknown in sources.items():
                    lines.append({"seed": seed, "unknown": name, **_judge(run, judge, unknown)})
                    print(json.dumps(lines[-1]), flush=True)
        print(json.dumps({"recipe": arguments.recipe, "classes": HELD_OUT, "lines": lines}))


def _judge(run: Path, judge: Path, unknown: Path) -> dict[str, Any]:
    evaluation, (judgement,) = evaluate_unknown(run, judge, unknown=unknown, score="known", split="all")
    (rejection,) = judgement.results
    figures = rejection.figures
    return {
        "known_images": rejection.known_images,
        "errors": evaluation.metrics.errors,
        "unknown_images": rejection.unknown_images,
        "auroc": round(figures.auroc, 4),
        "fpr95": round(figures.fpr95, 4),
        "accepted": round(figures.accepted, 4),
    }


if __name__ == "__main__":
    main()
