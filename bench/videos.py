"""Signs of clips found once each, none twice, none invented: clips of drives towards labelled street scenes.

python -m bench.videos GTSDB --detector MODEL --held-out --bit-rate 6 --scenes 40

Without --held-out most scenes may have trained the detector, which flatters it. Each clip is encoded as H.264 by ffmpeg
with --bit-rate, else as MPEG-4 by OpenCV. A sign counts if it has a class and is in the picture for a quarter of a
second with 16 pixels or more. One that is missed although the detector found it in enough frames was lost by following.
What is told beside these signs may be one without a class: how many of those are named, and not unknown, is what
matters.
"""

import argparse
import contextlib
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from roadsigns.datasets.fingerprint import fingerprint_of_scenes
from roadsigns.datasets.scenes import Scene, SceneSet, read_scene_set, split_scenes
from roadsigns.detection.detector import Detector
from roadsigns.errors import DataError, OutputError
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.preprocessing.decode import read_image
from roadsigns.synthesis.scenes.drive import DRIVE_SIZE, Drive, choose_drive
from roadsigns.types import BoxLike, Float32Array, UInt8Image
from roadsigns.video.clip import ClipWriter
from roadsigns.video.detect import MIN_FRAMES, Following, detect_signs
from roadsigns.video.open_video import open_video
from roadsigns.video.signs import VideoSign

RATE, MIN_SECONDS, MIN_PIXELS = 30.0, 0.25, 16.0
# Scenes are enlarged first, so that signs stay soft rather than blocky.
ENLARGED = 1.5

Encode = Callable[[Path, Iterator[UInt8Image]], None]


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


def choose_scenes(scenes: SceneSet, metadata: DetectorMetadata) -> list[Scene]:
    """Return the scenes that were held out when a detector was trained, those with a sign that counts.

    Raises:
        DataError: If none of these was.
    """
    if not (metadata.held_out and metadata.folds and metadata.data_sha256 == fingerprint_of_scenes(scenes)):
        raise DataError(
            "None of these scenes was held out when the detector was trained.",
            hint="Leave out --held-out, or name a detector that was trained on a part of them.",
        )
    fold = split_scenes(scenes.scenes, metadata.folds)[metadata.held_out - 1]
    return [scene for scene in fold.validation if not all(sign.ignored for sign in scene.signs)]


def measure(scene: Scene, detector: Detector, clip: Path, *, frames: int, seed: int, encode: Encode) -> Counter[str]:
    """Write one clip, count what is told of it, and print it."""
    image = read_image(scene.path)
    image = np.asarray(cv2.resize(image, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC), np.uint8)
    boxes = [tuple(round(ENLARGED * corner) for corner in sign.box) for sign in scene.signs]
    rng = np.random.default_rng([seed, *scene.path.stem.encode()])
    drive = choose_drive(image.shape[1::-1], rng, frames=frames, smallest=MIN_PIXELS)
    encode(clip, (frame.image for frame in drive.frames(image, (), rng)))
    megabits = clip.stat().st_size * 8 / 1e6 / (frames / RATE)
    video = open_video(str(clip))
    noting = Noting(detector)
    signs = list(detect_signs(noting, video, Following()))
    video.close()
    counts = judge(signs, scene, boxes, drive, noting.found)
    print(f"{scene.path.name} at {megabits:.1f} Mbit/s: {dict(counts)}", flush=True)
    return counts


def encode_mpeg4(clip: Path, images: Iterator[UInt8Image]) -> None:
    """Write a clip by OpenCV, whose wheels have no encoder for H.264."""
    with ClipWriter(clip, RATE) as writer:
        for number, image in enumerate(images):
            writer.write(image, number / RATE)


def encode_h264(clip: Path, images: Iterator[UInt8Image], *, megabits: float, ffmpeg: str) -> None:
    """Write a clip as a dashcam does: at a constant bit rate, in one pass, a whole picture every second.

    Raises:
        OutputError: If ffmpeg cannot write it.
    """
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "{}x{}".format(*DRIVE_SIZE), "-r", str(RATE), "-i", "-"]
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", str(round(RATE)), "-pix_fmt", "yuv420p"]
    rate = [part for option in ("-b:v", "-maxrate", "-bufsize") for part in (option, f"{megabits}M")]
    command = [ffmpeg, "-y", "-v", "error", *raw, *coded, *rate, str(clip)]
    # If it ends early, its message stands above.
    with contextlib.suppress(BrokenPipeError), subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        for image in images:
            process.stdin.write(image.tobytes())  # type: ignore[union-attr]
    if process.returncode:
        raise OutputError("ffmpeg could not write the clip.", expected="an ffmpeg with libx264", subject=str(clip))


def judge(
    signs: Sequence[VideoSign],
    scene: Scene,
    boxes: Sequence[BoxLike],
    drive: Drive,
    found: Sequence[Float32Array],
) -> Counter[str]:
    """Compare what was told, and what was found in each frame, with the labels."""
    seen = Counter(index for view in drive.views for index in drive.boxes(view, boxes))
    wanted = {
        index for index, frames in seen.items() if frames >= MIN_SECONDS * RATE and not scene.signs[index].ignored
    }
    told: Counter[int] = Counter()
    counts: Counter[str] = Counter(signs=len(wanted))
    # Of two that show one sign, that of more frames is its reading.
    for sign in sorted(signs, key=lambda sign: -sign.frames):
        index = shown(sign, boxes, drive)
        decision = sign.prediction.decision or "named"
        right = index is not None and sign.prediction.class_id == scene.signs[index].class_id
        if index is not None:
            told[index] += 1
        if index not in wanted:
            counts["briefly seen, right" if right else f"beside the signs, {decision}"] += 1
        elif told[index] == 1:
            counts[f"{'right' if right else 'wrong'}, {decision}"] += 1
    times: Counter[int] = Counter()
    for number, some in enumerate(found):
        times.update({index for box in some if (index := covered(box, number, boxes, drive)) is not None})
    for index in wanted - set(told):
        counts["missed by following" if times[index] >= MIN_FRAMES else "missed by the detector"] += 1
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
    parser.add_argument("--held-out", action="store_true", help="only held-out scenes, with signs")
    parser.add_argument("--scenes", type=int, default=20)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bit-rate", type=float, help="of H.264, in Mbit/s")
    parser.add_argument("--ffmpeg", default="ffmpeg", help="the program")
    parser.add_argument("--clips", type=Path, help="a folder that keeps the clips")
    given = parser.parse_args()
    if given.bit_rate and shutil.which(given.ffmpeg) is None:
        raise SystemExit(f"The program {given.ffmpeg} is not installed. Install it: apt-get install ffmpeg")
    data = read_scene_set(given.data)
    detector = Detector.load(given.detector, recognizer=given.model)
    scenes = choose_scenes(data, detector.metadata) if given.held_out else data.scenes
    encode = encode_mpeg4
    if given.bit_rate is not None:
        encode = partial(encode_h264, megabits=given.bit_rate, ffmpeg=given.ffmpeg)
    chosen = scenes[:: max(1, len(scenes) // given.scenes)][: given.scenes]
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for scene in chosen:
            clip = (given.clips or Path(folder)) / f"{scene.path.stem}.mp4"
            total += measure(scene, detector, clip, frames=given.frames, seed=given.seed, encode=encode)
    print(f"{len(chosen)} clips: {dict(total)}")


if __name__ == "__main__":
    main()
