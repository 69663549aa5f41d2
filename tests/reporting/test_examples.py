"""Examples of a class: many tracks, all sizes, none twice; drawn ones that no data set has."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.reporting.examples import DrawnExamples, caption_of, choose_examples, draw_examples
from roadsigns.synthesis.dataset import track_rng
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track
from roadsigns.types import Box, Sample


def a_class(lengths, *, boxes=False):
    """Tracks of so many frames, the later the larger."""
    return [
        Sample(
            Path(f"{track:05d}_{frame:05d}.ppm"),
            7,
            Box(5, 5, 30 + frame, 25 + frame) if boxes else None,
            f"{track:05d}",
        )
        for track, length in enumerate(lengths)
        for frame in range(length)
    ]


def chosen(samples, count, seed=0):
    return choose_examples(samples, count=count, rng=np.random.default_rng(seed))


def frame_of(sample):
    return int(sample.path.stem.partition("_")[2])


def test_examples_are_of_different_tracks_and_sizes():
    """Eight of twenty tracks, at eight places from the first frames to the last."""
    examples = chosen(a_class([30] * 20), 8)

    assert len({sample.track for sample in examples}) == 8
    assert [frame_of(sample) for sample in examples] == [1, 5, 9, 13, 16, 20, 24, 28]


def test_few_tracks_take_turns():
    """Three tracks give three, three and two of eight."""
    tracks = [sample.track for sample in chosen(a_class([30, 30, 30]), 8)]

    assert sorted(tracks.count(track) for track in set(tracks)) == [2, 3, 3]


def test_boxes_give_the_size_and_not_names():
    """Where the names of frames run backwards, the small sign still comes first."""
    backwards = [
        Sample(Path(f"00000_{29 - frame:05d}.ppm"), 0, sample.box, "00000")
        for frame, sample in enumerate(a_class([30], boxes=True))
    ]

    assert [frame_of(sample) for sample in chosen(backwards, 3)] == [24, 14, 4]


@given(lengths=st.lists(st.integers(1, 5), max_size=6), count=st.integers(1, 12), seed=st.integers(0, 9))
def test_no_example_comes_twice(lengths, count, seed):
    """The requested number or all there are, each once, for any tracks."""
    samples = a_class(lengths)
    examples = chosen(samples, count, seed)

    assert len(examples) == len(set(examples)) == min(count, len(samples))
    assert set(examples) <= set(samples)


def test_images_without_tracks_are_chosen_by_the_seed():
    """Each is a track of its own; another seed takes others."""
    samples = [Sample(Path(f"photo {number}.jpg"), 0) for number in range(50)]

    assert chosen(samples, 8) == chosen(samples, 8)
    assert set(chosen(samples, 8)) != set(chosen(samples, 8, seed=1))


def test_captions_say_class_track_and_frame():
    """Documents name images so; a file of no track is named by itself, shortened."""
    assert caption_of(Sample(Path("00023_00007.ppm"), 13, None, "00023")) == "13, 23, 7"
    assert caption_of(Sample(Path("photo.jpg"), 13)) == "photo"
    assert caption_of(Sample(Path("photo_1.jpg"), 13, None, "sign7")) == "photo_1"
    assert caption_of(Sample(Path("photo.jpg"), 13, None, "7")) == "photo"
    assert caption_of(Sample(Path("photo of two signs.jpg"), 13)) == "photo of two s…"


def test_drawn_examples_grow_and_are_fresh():
    """Later ones are seen from nearer; a data set drawn with the same seed has other tracks."""
    wanted = DrawnExamples(14, 4, official_designs(), Drawing(last_width=200.0, last_width_spread=0.0), seed=0)
    images = draw_examples(wanted)
    in_data, _ = draw_track(14, designs=wanted.designs, drawing=wanted.drawing, frames=4, rng=track_rng(0, 0, 14, 0))[0]

    assert len(images) == 4
    assert images[0].shape[0] < images[3].shape[0]
    assert images[0].shape != in_data.shape or (images[0] != in_data).any()
    assert all((one == other).all() for one, other in zip(images, draw_examples(wanted), strict=True))
