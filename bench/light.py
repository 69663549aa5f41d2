"""The light of the real training images, which drawn signs imitate. Run: python -m bench.light GTSRB [DRAWN]

Fits Johnson's SB law between 0 and 256 to the mean level of the middle half of each sign's box, and a log-normal one to
the level of the picture's border over it: `brightness_gamma`, `brightness_delta`, `backdrop_light` and
`backdrop_spread` of `roadsigns.synthesis.settings.Drawing`. Only the 80 % of the tracks that seed 0 trains on are
looked at, every fifth frame. With a folder of drawn signs it shows theirs beside them.
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import stats

from roadsigns.datasets.reader import read_training
from roadsigns.datasets.splits import split_samples
from roadsigns.preprocessing.decode import read_image
from roadsigns.types import Sample

EVERY, BORDER = 5, 2
PERCENTILES = (1, 5, 25, 50, 75, 95, 99)


def main() -> None:
    """Print both laws and the percentiles they stand for."""
    for folder in map(Path, sys.argv[1:]):
        samples = split_samples(read_training(folder).samples, by="track", validation_fraction=0.2, seed=0).train
        levels = np.array([_levels(sample) for sample in samples[::EVERY]])
        # Neither end belongs to the law's range.
        middle = levels[:, 0].clip(0.5, 254.5)
        gamma, delta, _, _ = stats.johnsonsb.fit(middle, floc=0, fscale=256)
        ratio = np.log(levels[:, 1].clip(0.5) / middle)
        print(f"{folder}: {len(levels)} images")
        print(f"  middle of the box: percentiles {PERCENTILES}: {np.percentile(middle, PERCENTILES).round(1)}")
        print(f"  brightness_gamma {gamma:.3f}, brightness_delta {delta:.3f}")
        print(f"  backdrop_light {np.exp(ratio.mean()):.2f}, backdrop_spread {ratio.std():.2f}")


def _levels(sample: Sample) -> tuple[float, float]:
    """Mean level of the middle half of the box, and of the picture's border."""
    image = read_image(sample.path)
    box = sample.box
    assert box is not None, f"{sample.path} has no box"
    across, down = (box.x2 - box.x1) // 4, (box.y2 - box.y1) // 4
    middle = image[box.y1 + down : box.y2 - down, box.x1 + across : box.x2 - across]
    return float(middle.mean()), _border_level(image)


def _border_level(image: npt.NDArray[np.uint8]) -> float:
    rows = (image[:BORDER], image[-BORDER:], image[:, :BORDER], image[:, -BORDER:])
    return float(np.concatenate([row.reshape(-1, 3) for row in rows]).mean())


if __name__ == "__main__":
    main()
