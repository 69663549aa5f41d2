"""The made-up camera: what each of its faults does to a picture, and that its settings decide how strong they are."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from roadsigns.synthesis.camera import Camera, choose_camera, draw_brightness, expose, shake
from roadsigns.synthesis.settings import Drawing

PERFECT = Camera()
# Of a drawing, what spreads light and lens.
SPREADS = (
    *("backdrop_spread", "color_cast", "haze", "gamma", "flicker"),
    *("defocus", "motion", "blooming", "chromatic_aberration", "noise", "sharpening"),
)
STEADY = Drawing(**dict.fromkeys((*SPREADS, "low_resolution_probability", "jpeg_probability"), 0.0))


def photograph(camera, *, colour=(0.5, 0.5, 0.5), seed=0):
    """An opaque square of one colour on a black ground, 40 pixels a side."""
    sign = np.zeros((40, 40, 4), np.float32)
    sign[10:30, 10:30] = (*colour, 1.0)
    black = np.zeros((40, 40, 3), np.float32)
    return expose(sign, black, camera=camera, sign_side=20, rng=np.random.default_rng(seed)).astype(int)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_colours_stay_in_their_channel(channel):
    """The colour filter before the sensor is read in the order it was laid."""
    colour = np.eye(3)[channel] * 0.8

    assert photograph(PERFECT, colour=tuple(colour))[20, 20].tolist() == (colour * 255).astype(int).tolist()


def test_backdrop_shows_where_there_is_no_sign():
    """Alpha decides between the sign and what is behind it."""
    white = np.ones((20, 20, 3), np.float32)
    sign = np.zeros((20, 20, 4), np.float32)

    image = expose(sign, white, camera=PERFECT, sign_side=10, rng=np.random.default_rng(0))

    assert image.min() == 255


def test_more_light_is_brighter_and_stops_at_white():
    """Gains multiply until the sensor saturates."""
    assert photograph(PERFECT)[20, 20, 1] == pytest.approx(127.5, abs=0.5)
    assert photograph(replace(PERFECT, sign_gain=1.5))[20, 20, 1] == 191
    assert photograph(replace(PERFECT, sign_gain=9))[20, 20, 1] == 255


def test_haze_lifts_black():
    """Stray light falls on dark parts too."""
    assert photograph(PERFECT)[2, 2, 1] == 0
    assert photograph(replace(PERFECT, haze=0.2, veil=1.0))[2, 2, 1] == 51
    assert photograph(replace(PERFECT, haze=0.2, veil=0.5))[2, 2, 1] == pytest.approx(25.5, abs=0.5)


def test_haze_lowers_contrast():
    """It takes from the sign what it gives as veil; all of it leaves nothing else to be seen."""
    assert photograph(replace(PERFECT, haze=0.5, veil=0.5))[20, 20, 1] == pytest.approx(127.5, abs=0.5)
    assert np.ptp(photograph(replace(PERFECT, haze=1.0, veil=0.5))) <= 1


def test_blur_softens_edges():
    """Defocus and motion spread light over the edge of the sign."""
    sharp = photograph(PERFECT)[20, 7, 1]

    assert sharp == 0
    assert photograph(replace(PERFECT, defocus=0.15))[20, 7, 1] > 10
    assert photograph(replace(PERFECT, motion=0.5))[20, 7, 1] > 10


def test_light_above_white_spills():
    """Over the edge of an overexposed sign; of one that is not, none does."""
    bright = photograph(replace(PERFECT, sign_gain=10.0))[20]
    blooming = photograph(replace(PERFECT, sign_gain=10.0, blooming=1.0))[20]

    assert blooming[8, 1] > bright[8, 1] + 20
    assert blooming[3, 1] == 0
    np.testing.assert_array_equal(photograph(replace(PERFECT, blooming=1.0)), photograph(PERFECT))


def test_motion_has_a_direction():
    """Sideways motion leaves the upper edge sharp."""
    moved = photograph(replace(PERFECT, motion=0.5))

    assert moved[20, 7, 1] > 10
    assert moved[7, 20, 1] == 0


def test_noise_comes_from_the_generator():
    """The same seed gives the same grain, another seed another."""
    noisy = replace(PERFECT, noise=5)

    assert np.array_equal(photograph(noisy, seed=1), photograph(noisy, seed=1))
    assert not np.array_equal(photograph(noisy, seed=1), photograph(noisy, seed=2))


def test_tone_bends_the_levels_between_black_and_white():
    """An exponent below 1 lifts the shadows; black and white stay."""
    assert photograph(replace(PERFECT, gamma=0.5), colour=(0.25,) * 3)[20, 20, 1] == pytest.approx(127.5, abs=1.5)
    assert photograph(replace(PERFECT, gamma=2.0))[20, 20, 1] == pytest.approx(64, abs=1.5)
    for tone in (0.5, 2.0):
        assert photograph(replace(PERFECT, gamma=tone), colour=(1, 1, 1))[20, 20].tolist() == [255] * 3
        assert photograph(replace(PERFECT, gamma=tone))[2, 2].tolist() == [0] * 3


def test_sharpening_makes_edges_overshoot():
    """Brighter inside and darker outside of an edge; even grounds stay."""
    dim = {"haze": 0.3, "veil": 1.0}
    soft, sharp = (photograph(replace(PERFECT, sharpening=strength, **dim))[20, :, 1] for strength in (0.0, 1.5))

    assert sharp[10:13].max() > soft[10:13].max()
    assert sharp[7:10].min() < soft[7:10].min()
    assert (sharp[20], sharp[2]) == (soft[20], soft[2])


def test_fringe_displaces_red_against_blue():
    """At an upright edge; green stays where it was."""
    sharp, fringed = photograph(PERFECT)[20], photograph(replace(PERFECT, chromatic_aberration=(2.0, 0.0)))[20]

    assert fringed[10, 0] < sharp[10, 0]
    assert fringed[9, 2] > sharp[9, 2]
    np.testing.assert_array_equal(fringed[:, 1], sharp[:, 1])


def stripes(camera):
    """Upright stripes, two pixels wide, 40 pixels a side: how far the brightest is above the darkest."""
    sign = np.zeros((40, 40, 4), np.float32)
    sign[:, :, 3] = 1
    sign[:, np.arange(40) % 4 < 2, :3] = 1
    image = expose(sign, sign[:, :, :3], camera=camera, sign_side=40, rng=np.random.default_rng(0))
    assert image.shape == (40, 40, 3)
    return int(np.ptp(image[10:30, 10:30, 1]))


def test_low_resolution_loses_what_is_small():
    """Stripes of two pixels vanish at a third of the resolution, and the picture keeps its size."""
    assert stripes(PERFECT) > 150
    assert stripes(replace(PERFECT, coarseness=0.35)) < 0.5 * stripes(PERFECT)


def test_jpeg_leaves_its_traces():
    """Around edges; the fewer bytes the more, and colours are kept."""
    before = photograph(PERFECT, colour=(0.8, 0.1, 0.1))
    good, bad = (photograph(replace(PERFECT, jpeg_quality=quality), colour=(0.8, 0.1, 0.1)) for quality in (90, 15))

    assert 0 < np.abs(good - before).mean() < np.abs(bad - before).mean()
    assert np.abs(good[20, 20] - before[20, 20]).max() < 10
    assert bad[20, 20, 0] > bad[20, 20, 1:].max() + 50


@given(
    gamma=st.floats(-5, 5),
    delta=st.floats(0.05, 10),
    seed=st.integers(0, 10**6),
)
def test_brightness_is_between_black_and_white(gamma, delta, seed):
    """Whatever the law."""
    drawing = Drawing(brightness_gamma=gamma, brightness_delta=delta)

    assert 0 <= draw_brightness(drawing, np.random.default_rng(seed)) <= 1


@pytest.mark.parametrize(("gamma", "delta"), [(0.447, 0.852), (0.0, 0.5), (-1.0, 2.0), (2.0, 1.0)])
def test_brightness_has_the_law_of_the_recipe(gamma, delta):
    """The quantiles of 4,000 draws are those of SciPy's Johnson SB distribution, and its test sees no difference."""
    drawing, rng = Drawing(brightness_gamma=gamma, brightness_delta=delta), np.random.default_rng(0)
    law = stats.johnsonsb(gamma, delta, 0, 1)

    levels = [draw_brightness(drawing, rng) for _ in range(4000)]

    shares = [0.05, 0.25, 0.5, 0.75, 0.95]
    np.testing.assert_allclose(np.quantile(levels, shares), law.ppf(shares), atol=0.025)
    assert stats.kstest(levels, law.cdf).pvalue > 0.01


def test_default_brightness_is_that_of_gtsrb():
    """The levels of real signs' middles: about 21 at 5 %, 74 at 50 % and 176 at 95 % of the boxes (Final_Training)."""
    law = stats.johnsonsb(Drawing().brightness_gamma, Drawing().brightness_delta, 0, 256)

    assert law.ppf([0.05, 0.5, 0.95]) == pytest.approx([21, 74, 176], rel=0.35)


def grey(*levels):
    """Reflectances of a sign with that many shades."""
    return np.array(levels, np.float32)


def cameras(number, drawing, *, sign=(0.5,), backdrop_level=0.5):
    """Cameras of some tracks."""
    return [choose_camera(grey(*sign), backdrop_level, drawing, np.random.default_rng(seed)) for seed in range(number)]


@pytest.mark.parametrize("sign", [(0.3,), (0.6,), (0.05, 0.9), (0.1, 0.2, 0.4, 0.9)])
def test_light_makes_the_sign_as_bright_as_was_drawn(sign):
    """A dark sign gets more light than a pale one, and one whose white is lost more than the white alone would need."""
    for seed, camera in enumerate(cameras(50, Drawing(), sign=sign)):
        level = draw_brightness(Drawing(), np.random.default_rng(seed))

        if 0.03 < camera.sign_gain < 3:
            assert np.minimum(camera.sign_gain * grey(*sign), 1).mean() == pytest.approx(level, rel=0.02)


def test_the_white_of_a_bright_sign_is_lost():
    """Where half of it is dark, its mean is as drawn only beyond white."""
    gains = [camera.sign_gain for camera in cameras(50, Drawing(), sign=(0.05, 0.9))]

    assert 0.1 < np.mean(np.array(gains) * 0.9 > 1) < 0.9
    assert max(gains) == pytest.approx(3)


def test_haze_is_as_bright_as_what_it_veils():
    """Half way between sign and backdrop, and never above white."""
    veils = [camera.veil for camera in cameras(50, Drawing())]
    steady = cameras(50, STEADY)

    assert 0 < min(veils) < 0.2
    assert 0.5 < max(veils) <= 1
    for seed, camera in enumerate(steady):
        level = draw_brightness(STEADY, np.random.default_rng(seed))
        assert camera.veil == pytest.approx(level * (1 + STEADY.backdrop_light) / 2)


def test_without_spreads_nothing_but_the_light_differs():
    """Every fault of the lens and the sensor is off, and the backdrop's light follows the sign's."""
    for camera in cameras(30, STEADY):
        assert camera == replace(
            PERFECT,
            sign_gain=camera.sign_gain,
            backdrop_gain=camera.backdrop_gain,
            # Without haze it is nowhere to be seen.
            veil=camera.veil,
            color_cast=(1.0, 1.0, 1.04),
            motion_degrees=camera.motion_degrees,
        )
        if 0.03 < camera.backdrop_gain < 6 and 0.03 < camera.sign_gain < 2:
            assert camera.backdrop_gain / camera.sign_gain == pytest.approx(STEADY.backdrop_light, rel=0.02)
        assert shake(camera, STEADY, np.random.default_rng(0)) == replace(
            camera, motion_degrees=shake(camera, STEADY, np.random.default_rng(0)).motion_degrees
        )


@pytest.mark.parametrize(
    ("lever", "value", "attributes"),
    [
        ("backdrop_spread", 0.5, {"backdrop_gain", "veil"}),
        ("color_cast", 0.1, {"color_cast"}),
        ("haze", 0.3, {"haze"}),
        ("gamma", 0.2, {"gamma"}),
        ("defocus", 0.02, {"defocus"}),
        ("motion", 0.05, {"motion"}),
        ("blooming", 0.5, {"blooming"}),
        ("chromatic_aberration", 0.5, {"chromatic_aberration"}),
        ("noise", 10.0, {"noise"}),
        ("sharpening", 1.0, {"sharpening"}),
    ],
)
def test_each_setting_of_the_camera_changes_its_own_value_alone(lever, value, attributes):
    """The same randomness otherwise gives the same camera."""
    before, after = cameras(20, STEADY), cameras(20, STEADY.model_copy(update={lever: value}))

    changed = {
        field.name
        for field in fields(Camera)
        for one, other in zip(before, after, strict=True)
        if getattr(one, field.name) != getattr(other, field.name)
    }
    assert changed == attributes
    assert all(len({getattr(camera, name) for camera in after}) > 5 for name in attributes)


def test_spreads_are_as_large_as_their_settings_say():
    """Means, standard deviations and limits of 400 tracks."""
    chosen = cameras(
        400,
        Drawing(
            color_cast=0.1,
            gamma=0.2,
            chromatic_aberration=0.5,
            haze=0.4,
            defocus=0.02,
            motion=0.1,
            noise=8.0,
            sharpening=0.5,
            blooming=0.6,
        ),
    )

    assert np.std([camera.color_cast[0] for camera in chosen]) == pytest.approx(0.1, rel=0.15)
    assert np.std([camera.color_cast[1] for camera in chosen]) == pytest.approx(0.05, rel=0.15)
    assert np.std(np.log([camera.gamma for camera in chosen])) == pytest.approx(0.2, rel=0.15)
    assert np.std([camera.chromatic_aberration for camera in chosen]) == pytest.approx(0.5, rel=0.15)
    assert 0.35 < max(camera.haze for camera in chosen) <= 0.4
    assert np.mean([camera.haze > 0 for camera in chosen]) == pytest.approx(0.5, abs=0.1)
    assert np.mean([camera.defocus for camera in chosen]) == pytest.approx(0.02, rel=0.15)
    assert np.mean([camera.motion for camera in chosen if camera.motion]) == pytest.approx(0.1, rel=0.25)
    assert np.mean([camera.motion > 0 for camera in chosen]) == pytest.approx(0.5, abs=0.1)
    assert 0.55 < max(camera.blooming for camera in chosen) <= 0.6
    assert np.mean([camera.blooming for camera in chosen]) == pytest.approx(0.3, rel=0.15)
    assert 7.5 < max(camera.noise for camera in chosen) <= 8
    assert np.mean([camera.sharpening for camera in chosen]) == pytest.approx(0.5, rel=0.15)


def shaken(number, **levers):
    """A perfect camera from one frame to the next."""
    drawing = STEADY.model_copy(update=levers)
    return [shake(PERFECT, drawing, np.random.default_rng(seed)) for seed in range(number)]


def test_brightness_flickers_as_much_as_the_setting_says():
    """Sign and backdrop together."""
    gains = [(camera.sign_gain, camera.backdrop_gain) for camera in shaken(300, flicker=0.1)]

    assert np.std(np.log(gains), axis=0) == pytest.approx([0.1, 0.1], rel=0.15)
    assert all(sign == backdrop for sign, backdrop in gains)


def test_some_frames_are_coarse_and_some_were_a_jpeg():
    chosen = shaken(300, low_resolution_probability=0.3, jpeg_probability=0.6)
    coarse = [camera.coarseness for camera in chosen if camera.coarseness != 1]
    qualities = [camera.jpeg_quality for camera in chosen if camera.jpeg_quality]

    assert len(coarse) / 300 == pytest.approx(0.3, abs=0.08)
    assert len(qualities) / 300 == pytest.approx(0.6, abs=0.08)
    assert 0.35 <= min(coarse) <= max(coarse) <= 0.9
    assert 15 <= min(qualities) <= max(qualities) < 90
    assert all(
        camera.coarseness < 1 and camera.jpeg_quality
        for camera in shaken(50, low_resolution_probability=1.0, jpeg_probability=1.0)
    )


@given(sign=st.floats(0, 1), backdrop=st.floats(0, 1), seed=st.integers(0, 10**6))
def test_cameras_are_chosen_in_their_ranges(sign, backdrop, seed):
    """No choice is black, negative or blown out beyond the limits, however dark the sign or what is behind it."""
    camera = choose_camera(grey(sign), backdrop, Drawing(), np.random.default_rng(seed))

    assert 0.03 <= camera.sign_gain <= 3
    assert 0.03 <= camera.backdrop_gain <= 6
    assert 0 <= camera.haze <= Drawing().haze
    assert 0 <= camera.veil <= 1
    assert min(camera.color_cast) > 0.5
    assert 0.4 < camera.gamma < 2.5
    assert camera.defocus >= 0
    assert camera.motion >= 0
    assert 0.5 <= camera.noise <= 5
    assert (camera.coarseness, camera.jpeg_quality) == (1, 0)
