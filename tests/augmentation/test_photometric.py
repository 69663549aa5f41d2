"""Random changes of light, colour and sharpness, and of what covers a sign."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.augmentation.photometric import augment_photometric


def smooth_image(size=48):
    """An image with no edge sharper than a camera's."""
    return cv2.GaussianBlur(np.random.default_rng(0).random((size, size, 3), np.float32), (0, 0), 1.5)


def fresh():
    """A fresh generator."""
    return np.random.default_rng(7)


def test_nothing_is_changed_without_an_augmentation():
    """The batch itself comes back."""
    images = smooth_image()[None]

    assert augment_photometric(images, Augmentation(), np.random.default_rng(0)) is images


LOOKS = Augmentation(
    hue_degrees=25, saturation=0.5, brightness=0.5, contrast=0.5, motion_blur_probability=0.5, motion_pixels=6,
    scale=0.2, low_resolution_probability=0.5, occlusion_probability=0.5, shadow_probability=0.5,
    exposure_probability=0.5, stripe_probability=0.5, veil_probability=0.5, noise=0.1, blot_probability=0.5,
)  # fmt: skip


@given(st.integers(0, 2**32 - 1), st.integers(0, 5))
def test_augmented_images_stay_images(seed, count):
    """Float32 in [0, 1], of the same shape; a batch may be empty."""
    images = np.random.default_rng(seed).random((count, 32, 32, 3), np.float32)

    changed = augment_photometric(images.copy(), LOOKS, np.random.default_rng(seed))

    assert changed.shape == images.shape
    assert changed.dtype == np.float32
    assert ((changed >= 0) & (changed <= 1)).all()


def test_the_seed_decides_every_change():
    """The same again, and others with another."""
    images = np.stack([smooth_image(32)] * 6)

    first, again, other = (augment_photometric(images.copy(), LOOKS, np.random.default_rng(seed)) for seed in (0, 0, 1))

    np.testing.assert_array_equal(first, again)
    assert len({image.tobytes() for image in first}) == 6
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("lever", "statistic"),
    [
        ("brightness", lambda image: image.mean()),
        ("contrast", lambda image: image.std()),
        ("saturation", lambda image: np.ptp(image, axis=2).mean()),
        ("hue_degrees", lambda image: image[:, :, 0].mean() - image[:, :, 2].mean()),
    ],
)
def test_each_setting_moves_what_it_names(lever, statistic):
    """All other settings are 0."""
    image = 0.35 + 0.15 * smooth_image(32) * [1.0, 0.6, 0.3]
    images = np.stack([image.astype(np.float32)] * 200)

    changed = augment_photometric(
        images.copy(), Augmentation(**{lever: 40 if lever == "hue_degrees" else 0.4}), fresh()
    )

    values = np.array([statistic(image) for image in changed])
    assert values.min() < statistic(images[0]) < values.max()
    if lever == "contrast":
        np.testing.assert_allclose(changed.mean(axis=(1, 2, 3)), images[0].mean(), atol=0.02)


def test_half_of_the_hues_stay():
    """The others turn."""
    images = np.stack([smooth_image(32)] * 400)

    changed = augment_photometric(images.copy(), Augmentation(hue_degrees=30), fresh())

    same = [np.abs(one - image).max() < 0.01 for one, image in zip(changed, images, strict=True)]
    assert 0.4 < np.mean(same) < 0.6


def test_motion_blurs_its_share():
    images = np.stack([np.random.default_rng(0).random((32, 32, 3), np.float32)] * 400)

    changed = augment_photometric(images.copy(), Augmentation(motion_blur_probability=0.25, motion_pixels=8), fresh())

    blurred = [image.std() < 0.9 * images[0].std() for image in changed]
    assert 0.15 < np.mean(blurred) < 0.3
    assert any(np.array_equal(image, images[0]) for image in changed)


def changed_by(lever, value, image, count=200):
    """Many copies of an image, each changed by one setting."""
    return augment_photometric(np.stack([image] * count), Augmentation(**{lever: value}), fresh())


@pytest.mark.parametrize(
    "lever",
    [
        "low_resolution_probability",
        "occlusion_probability",
        "shadow_probability",
        "stripe_probability",
        "veil_probability",
        "blot_probability",
        "exposure_probability",
    ],
)
def test_a_share_of_the_images_is_changed(lever):
    image = np.random.default_rng(0).random((32, 32, 3), np.float32)

    same = [np.array_equal(one, image) for one in changed_by(lever, 0.3, image, count=400)]

    assert 0.6 < np.mean(same) < 0.8


def test_low_resolution_takes_detail_and_keeps_light():
    """A pattern of single pixels goes, its mean stays."""
    board = np.indices((32, 32)).sum(axis=0) % 2
    image = np.repeat(board[..., None], 3, axis=2).astype(np.float32)

    changed = changed_by("low_resolution_probability", 1, image)

    assert changed.std(axis=(1, 2, 3)).max() < 0.4
    np.testing.assert_allclose(changed.mean(axis=(1, 2, 3)), 0.5, atol=0.02)


def test_a_patch_hides_a_part():
    """One rectangle of one colour, of at most half of the side; all around it nothing is changed."""
    image = np.random.default_rng(0).random((32, 32, 3), np.float32)

    for one in changed_by("occlusion_probability", 1, image):
        rows, columns = np.nonzero((one != image).any(axis=2))
        patch = one[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert max(patch.shape[:2]) <= 15
        # The pixel that gave its colour may lie under the patch and be the same.
        assert len(np.unique(patch.reshape(-1, 3), axis=0)) <= 2


def test_a_shadow_has_an_edge():
    """No pixel becomes brighter, those beyond the edge keep at least 30 % of the light."""
    image = np.ones((32, 32, 3), np.float32)

    changed = changed_by("shadow_probability", 1, image)

    assert changed.max() <= 1
    assert 0.3 <= changed.min() < 0.35
    lit = (changed == 1).all(axis=3).mean(axis=(1, 2))
    assert ((lit > 0) & (lit < 1)).all()


def test_stripes_darken_in_turn():
    """No pixel becomes brighter or keeps less than a tenth of the light; in most images some keep nearly all of it."""
    image = np.ones((32, 32, 3), np.float32)

    changed = changed_by("stripe_probability", 1, image)

    assert changed.max() <= 1
    assert 0.1 <= changed.min() < 0.15
    darkest, brightest = changed.min(axis=(1, 2, 3)), changed.max(axis=(1, 2, 3))
    assert (darkest < 0.82).all()
    assert (brightest > 0.9).mean() > 0.9


def test_a_veil_leaves_part_of_the_contrast():
    """Light ones and dark ones, even ones and patches; what is under it can still be seen."""
    image = np.where(np.indices((32, 32)).sum(axis=0)[..., None] // 8 % 2, np.float32(0.9), np.float32(0.1))
    image = np.repeat(image, 3, axis=2)

    changed = changed_by("veil_probability", 1, image)

    # In an image of one colour it is the veil alone that differs from place to place.
    grey = changed_by("veil_probability", 1, np.full((32, 32, 3), 0.5, np.float32))
    means, spreads = changed.mean(axis=(1, 2, 3)), grey.std(axis=(1, 2, 3))
    assert (means > image.mean() + 0.05).any()
    assert (means < image.mean() - 0.05).any()
    assert spreads.min() < 0.01
    assert spreads.max() > 0.05
    assert np.median(changed.std(axis=(1, 2, 3))) > 0.3 * image.std()


def test_blots_cover_part_of_an_image():
    """From a few pixels to about a third, and their soft edges; many have a colour that the image does not."""
    image = smooth_image(32)

    changed = changed_by("blot_probability", 1, image)

    covered = (np.abs(changed - image) > 0.02).any(axis=3).mean(axis=(1, 2))
    assert 0 < covered.min() < 0.1
    assert 0.3 < covered.max() < 0.6
    grey = changed_by("blot_probability", 1, np.full((32, 32, 3), 0.5, np.float32))
    coloured = (np.ptp(grey, axis=3).max(axis=(1, 2)) > 0.05).mean()
    assert 0.3 < coloured < 0.8


def test_exposure_gives_levels_of_a_sensor():
    """From the dark, where few levels are left, to white that is cut off; whole levels always."""
    image = 0.8 * np.random.default_rng(0).random((32, 32, 3), np.float32)

    changed = changed_by("exposure_probability", 1, image) * 255

    np.testing.assert_allclose(changed, changed.round(), atol=1e-3)
    means = changed.mean(axis=(1, 2, 3)) / (255 * image.mean())
    assert 0.05 < means.min() < 0.1
    assert 1.7 < means.max() < 2.5
    assert (changed[means.argmax()] > 254.5).mean() > 0.3


def test_noise_is_of_every_strength_up_to_the_most():
    """Independent in every value."""
    image = np.full((32, 32, 3), 0.5, np.float32)

    strengths = changed_by("noise", 0.1, image).std(axis=(1, 2, 3))

    assert 0 <= strengths.min() < 0.005
    assert 0.095 < strengths.max() < 0.11
