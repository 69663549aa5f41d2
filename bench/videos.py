"""Signs of clips found once each, none twice, none invented: clips of drives towards labelled street scenes.

python -m bench.videos GTSDB --detector MODEL --scenes 20

Each clip is encoded as H.264 at a dashcam's bit rate with --ffmpeg PROGRAM, else as MPEG-4 by OpenCV. A sign counts if
it is in the picture for a quarter of a second with 16 pixels or more. One that is missed although the detector found it
in enough frames was lost by following. What is told beside the labelled signs may be one that is not labelled: how many
of those are named, and not unknown, is what matters.
"""

import argparse
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from roadsigns.datasets.scenes.read import read_scene_set
from roadsigns.datasets.scenes.scene import Scene
from roadsigns.detection.detector import Detector
from roadsigns.preprocessing.decode import read_image
from roadsigns.synthesis.scenes.drive import DRIVE_SIZE, Drive, choose_drive
from roadsigns.types import BoxLike, Float32Array, UInt8Image
from roadsigns.video.clip import ClipWriter
from roadsigns.video.detect import LEAST_FRAMES, Following, detect_signs
from roadsigns.video.signs import VideoSign
from roadsigns.video.source import open_video

RATE, LEAST_SECONDS, LEAST_PIXELS = 30.0, 0.25, 16.0
# Scenes are enlarged first, so that signs stay soft rather than blocky.
ENLARGED = 1.5
MEGABITS = 6


class Noting:
    """A detector that notes what it finds.

    Attributes:
        found: The boxes of each frame.
    """

    def __init__(self, detector: Detector) -> None:
        self.recognizer = detector.recognizer
        self.found: list[Float32Array] = []
        self._detector = detector

    def find(self, image: UInt8Image) -> tuple[Float32Array, Float32Array]:
        """See `Detector.find`."""
        boxes, scores = self._detector.find(image)
        self.found.append(boxes)
        return boxes, scores


def measure(scene: Scene, detector: Detector, *, frames: int, seed: int, ffmpeg: str | None) -> Counter[str]:
    """Count what is told of one clip, and print it."""
    image = read_image(scene.path)
    image = np.asarray(cv2.resize(image, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC), np.uint8)
    boxes = [tuple(round(ENLARGED * corner) for corner in sign.box) for sign in scene.signs]
    rng = np.random.default_rng([seed, *scene.path.stem.encode()])
    drive = choose_drive(image.shape[1::-1], rng, frames=frames, smallest=LEAST_PIXELS)
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "drive.mp4"
        images = (frame.image for frame in drive.frames(image, (), rng))
        encode(clip, images, ffmpeg)
        megabits = clip.stat().st_size * 8 / 1e6 / (frames / RATE)
        video = open_video(str(clip))
        noting = Noting(detector)
        signs = list(detect_signs(noting, video, Following()))
        video.close()
    counts = judge(signs, scene, boxes, drive, noting.found)
    print(f"{scene.path.name} at {megabits:.1f} Mbit/s: {dict(counts)}", flush=True)
    return counts


def encode(clip: Path, images: Iterator[UInt8Image], ffmpeg: str | None) -> None:
    """Write a clip."""
    if ffmpeg is None:
        with ClipWriter(clip, RATE) as writer:
            for number, image in enumerate(images):
                writer.write(image, number / RATE)
        return
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "{}x{}".format(*DRIVE_SIZE), "-r", str(RATE), "-i", "-"]
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-b:v", f"{MEGABITS}M", "-pix_fmt", "yuv420p", str(clip)]
    with subprocess.Popen([ffmpeg, "-v", "error", *raw, *coded], stdin=subprocess.PIPE) as process:
        for image in images:
            process.stdin.write(image.tobytes())  # type: ignore[union-attr]


def judge(
    signs: Sequence[VideoSign],
    scene: Scene,
    boxes: Sequence[BoxLike],
    drive: Drive,
    found: Sequence[Float32Array],
) -> Counter[str]:
    """Compare what was told, and what was found in each frame, with the labels."""
    seen = Counter(index for view in drive.views for index in drive.boxes(view, boxes))
    wanted = {index for index, frames in seen.items() if frames >= LEAST_SECONDS * RATE}
    told: Counter[int] = Counter()
    counts: Counter[str] = Counter(signs=len(wanted))
    for sign in signs:
        index = shown(sign, boxes, drive)
        decision = sign.prediction.decision or "named"
        if index is None:
            counts[f"beside the labels, {decision}"] += 1
            continue
        told[index] += 1
        right = sign.prediction.class_id == scene.signs[index].class_id
        counts[f"{'right' if right else 'wrong'}, {decision}"] += 1
    times: Counter[int] = Counter()
    for number, some in enumerate(found):
        times.update({index for box in some if (index := covered(box, number, boxes, drive)) is not None})
    for index in wanted - set(told):
        counts["missed by following" if times[index] >= LEAST_FRAMES else "missed by the detector"] += 1
    counts["told twice"] = sum(number - 1 for number in told.values())
    return counts


def shown(sign: VideoSign, boxes: Sequence[BoxLike], drive: Drive) -> int | None:
    """Return which labelled sign a told one mostly lies in."""
    votes = Counter(covered(one.box, one.frame, boxes, drive) for one in sign.boxes)
    index, number = votes.most_common(1)[0]
    return index if number > len(sign.boxes) / 2 else None


def covered(box: Sequence[float], frame: int, boxes: Sequence[BoxLike], drive: Drive) -> int | None:
    """Return which labelled sign the middle of a box lies in."""
    middle = np.array([box[0] + box[2], box[1] + box[3]]) / 2
    scale, *offset = drive.views[frame]
    for index, labelled in enumerate(boxes):
        corners = np.array(labelled) * scale + np.tile(offset, 2)
        if (corners[:2] < middle).all() and (middle < corners[2:]).all():
            return index
    return None


def main() -> None:
    """Measure some clips, and print the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--detector", default="detector")
    parser.add_argument("--model", default="best")
    parser.add_argument("--scenes", type=int, default=20)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ffmpeg")
    given = parser.parse_args()
    scenes = read_scene_set(given.data).scenes
    detector = Detector.load(given.detector, recognizer=given.model)
    total: Counter[str] = Counter()
    for scene in scenes[:: max(1, len(scenes) // given.scenes)][: given.scenes]:
        total += measure(scene, detector, frames=given.frames, seed=given.seed, ffmpeg=given.ffmpeg)
    print(dict(total))


if __name__ == "__main__":
    main()
