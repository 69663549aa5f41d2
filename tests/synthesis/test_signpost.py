"""Signs on their post: the sign stays in the middle and recognisable, and each setting does its own work alone."""

import numpy as np
import pytest

from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.signpost import REACH, build_signpost

SIDE, SIZE = 64, 104
SIGN = np.s_[20:84, 20:84]
# All that can happen to a sign, and what stands around it.
WEAR = (
    "hue_degrees",
    "saturation",
    "fading",
    "dirt",
    "smooth_noise",
    "sticker_probability",
    "occlusion_probability",
    "shadow_probability",
    "glare_probability",
)
AROUND = ("pole_probability", "neighbor_probability")
NOTHING = dict.fromkeys((*WEAR, *AROUND), 0.0)


def disc(colour, mark):
    """A disc of a colour with a soft edge, a white bar across and a black dot."""
    ys, xs = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    sign = np.full((SIDE, SIDE, 4), (*colour, 0), np.uint8)
    sign[:, :, 3] = np.clip(255 * (0.48 * SIDE - np.hypot(ys, xs)), 0, 255)
    sign[26:38, 14:50] = (255, 255, 255, 255)
    sign[44:50, 29:35] = (*mark, 255)
    return sign


# White is in the middle, blue at (52, 30) and black at (67, 52) of the post.
BLUE, RED = disc((20, 70, 180), (0, 0, 0)), disc((200, 20, 30), (0, 0, 0))
WHITE_AT, BLUE_AT, BLACK_AT = (52, 52), (58, 30), (67, 52)


def post(seed, **levers):
    """A blue sign on its post; of the settings, only those given do anything."""
    return build_signpost(BLUE, RED, Drawing(**{**NOTHING, **levers}), np.random.default_rng(seed))


def posts(number, **levers):
    """Posts by the package's defaults."""
    return [build_signpost(BLUE, RED, Drawing(**levers), np.random.default_rng(seed)) for seed in range(number)]


def test_post_is_a_premultiplied_picture():
    """Shape, type and range are as promised, and no colour exceeds its alpha, however strong the paint."""
    assert round(REACH * SIDE) == SIZE
    for picture in [
        *posts(40, glare_probability=0.0),
        *posts(40, glare_probability=0.0, saturation=1.0, hue_degrees=60.0),
    ]:
        assert picture.shape == (SIZE, SIZE, 4)
        assert picture.dtype == np.float32
        assert picture.min() >= 0
        assert (picture[:, :, :3] <= picture[:, :, 3:] + 1e-5).all()


def test_sign_covers_what_is_behind_it():
    """The middle is opaque and blue with a white bar, also before a pole and beside a neighbour."""
    pictures = posts(40)
    blue, white = (np.median([picture[place][:3] for picture in pictures], axis=0) for place in (BLUE_AT, WHITE_AT))

    assert all(picture[WHITE_AT][3] > 0.99 for picture in pictures)
    assert blue[2] > 2 * blue[0]
    assert white.min() > 0.5


def test_no_two_posts_are_equal():
    """Wear, dirt and what stands around differ from seed to seed, and one seed always makes the same."""
    assert len({picture.tobytes() for picture in posts(20)}) == 20
    assert posts(1)[0].tobytes() == posts(1)[0].tobytes()


def test_with_every_setting_at_0_only_the_sign_is_there():
    """As drawn, but for white that is not quite white and black that is not quite black."""
    drawn = BLUE[:, :, :3] / 255 * (BLUE[:, :, 3:] / 255)
    for seed in range(10):
        picture = post(seed)
        white = picture[WHITE_AT][0]

        assert 0.84 < white < 1.01
        np.testing.assert_allclose(picture[SIGN][:, :, 3], BLUE[:, :, 3] / 255, atol=1e-6)
        np.testing.assert_allclose(
            picture[SIGN][:, :, :3], drawn * (white - 0.03) + 0.03 * picture[SIGN][:, :, 3:], atol=1e-5
        )
        outside = picture.copy()
        outside[SIGN] = 0
        assert not outside.any()


@pytest.mark.parametrize("lever", WEAR)
def test_each_setting_of_wear_changes_the_sign_alone(lever):
    """Its strongest value does, in most of twenty; at 0 nothing does, whatever the other seeds draw."""
    value = {"hue_degrees": 60.0}.get(lever, 1.0)

    changed = sum(not np.allclose(post(seed, **{lever: value}), post(seed), atol=0.02) for seed in range(20))

    assert changed >= 15
    assert all(post(seed, **{lever: 0.0}).tobytes() == post(seed).tobytes() for seed in range(5))


@pytest.mark.parametrize("lever", ["hue_degrees", "saturation", "fading"])
def test_paint_changes_colours_and_not_white(lever):
    """White, grey and black stay what they are."""
    for seed in range(10):
        before, after = post(seed), post(seed, **{lever: {"hue_degrees": 60.0}.get(lever, 1.0)})

        for place in (WHITE_AT, BLACK_AT):
            np.testing.assert_allclose(after[place], before[place], atol=0.01)
        np.testing.assert_array_equal(after[:, :, 3], before[:, :, 3])


def test_hue_turns_as_far_as_the_setting_says():
    """Blue becomes greenish or purple: the spread of the hue is the lever's, by the angle between orange and purple."""

    def angle(picture):
        red, green, blue = picture[BLUE_AT][:3].astype(float) - 0.03
        return np.degrees(
            np.arctan2(0.211 * red - 0.523 * green + 0.312 * blue, 0.596 * red - 0.274 * green - 0.322 * blue)
        )

    turns = [angle(post(seed, hue_degrees=6.0)) - angle(post(seed)) for seed in range(200)]

    assert np.std(turns) == pytest.approx(6, rel=0.2)
    assert np.mean(turns) == pytest.approx(0, abs=1.5)


def test_saturation_makes_colours_paler_and_stronger():
    """About as often the one as the other."""

    def strength(picture):
        return float(np.ptp(picture[BLUE_AT][:3]))

    factors = [strength(post(seed, saturation=0.3)) / strength(post(seed)) for seed in range(60)]

    assert 15 < sum(factor < 1 for factor in factors) < 45
    assert min(factors) < 0.7
    assert max(factors) > 1.1


def test_faded_colours_are_paler_by_at_most_the_setting():
    """No channel gets darker, and the brightest stays."""
    for seed in range(20):
        before, after = (picture[BLUE_AT][:3].astype(float) for picture in (post(seed), post(seed, fading=0.5)))

        assert (after >= before - 1e-5).all()
        assert after[2] == pytest.approx(before[2], abs=1e-5)
        assert after[0] - before[0] <= 0.5 * 1.25 * (before[2] - before[0]) + 1e-5


@pytest.mark.parametrize("lever", ["dirt", "shadow_probability"])
def test_dirt_and_shadows_only_darken(lever):
    """Nothing gets brighter, nothing less opaque."""
    for seed in range(20):
        before, after = post(seed), post(seed, **{lever: 1.0})

        assert (after[:, :, :3] <= before[:, :, :3] + 1e-5).all()
        np.testing.assert_array_equal(after[:, :, 3], before[:, :, 3])
        assert after[:, :, :3].mean() < before[:, :, :3].mean()


def test_shadows_fall_on_all_that_stands_there():
    """On the pole as well."""
    lit = [post(seed, pole_probability=1.0)[-1].sum(axis=0) for seed in range(20)]
    shaded = [post(seed, pole_probability=1.0, shadow_probability=1.0)[-1].sum(axis=0) for seed in range(20)]

    assert np.mean(shaded, axis=0)[:3].max() < 0.9 * np.mean(lit, axis=0)[:3].max()


def test_smooth_noise_never_hides_the_sign():
    """At the default the white bar is always brighter than the blue around it."""
    for seed in range(40):
        picture = post(seed, smooth_noise=Drawing().smooth_noise)

        assert picture[WHITE_AT][:3].sum() > picture[BLUE_AT][:3].sum()
        np.testing.assert_array_equal(picture[:, :, 3], post(seed)[:, :, 3])


def test_sticker_hides_a_small_part():
    """A few per cent of the sign are changed, and nothing outside of it."""
    shares = []
    for seed in range(20):
        before, after = post(seed), post(seed, sticker_probability=1.0)
        changed = (np.abs(before - after) > 1e-6).any(axis=2)
        shares.append(changed.sum() / (before[:, :, 3] > 0).sum())

        np.testing.assert_array_equal(after[:, :, 3], before[:, :, 3])
    assert 0 < max(shares) < 0.06
    assert np.median(shares) > 0.002


def test_glare_brightens():
    """No channel gets darker but by the limit of reflection, the sign as a whole gets brighter, alpha stays."""
    for seed in range(20):
        before, after = post(seed), post(seed, glare_probability=1.0)

        assert (after[:, :, :3] >= before[:, :, :3] - 1e-5).all()
        assert after[:, :, :3].max() <= 1.2 + 1e-5
        np.testing.assert_array_equal(after[:, :, 3], before[:, :, 3])
    assert (
        np.mean([post(seed, glare_probability=1.0)[SIGN][:, :, :3].mean() for seed in range(20)])
        > 1.1 * post(0)[SIGN][:, :, :3].mean()
    )


def test_covered_hides_a_part_of_the_sign_and_not_all():
    """Leaves reach in from outside; most of the sign is still to be seen in most pictures."""
    hidden = []
    for seed in range(40):
        before, after = post(seed), post(seed, occlusion_probability=1.0)
        changed = np.abs(before - after).max(axis=2)[SIGN] > 0.05

        assert (after[:, :, 3] >= before[:, :, 3] - 1e-5).all()
        hidden.append(changed[BLUE[:, :, 3] == 255].mean())
    assert np.mean([share > 0.02 for share in hidden]) > 0.5
    assert np.median(hidden) < 0.5
    assert max(hidden) < 0.95


def test_pole_stands_below_the_sign():
    """Opaque in the middle of the lowest row, for the share of posts that have one; half of them reach above it."""
    middle = SIZE // 2

    assert not any(post(seed)[-1].any() for seed in range(20))
    assert all(post(seed, pole_probability=1.0)[-1, middle - 3 : middle + 3, 3].max() == 1 for seed in range(20))
    assert 5 <= sum(post(seed, pole_probability=1.0)[0].any() for seed in range(20)) <= 15
    assert 5 <= sum(post(seed, pole_probability=0.5)[-1].any() for seed in range(20)) <= 15


def test_neighbours_are_below_and_half_as_often_above():
    """A plate or a red sign, cut off at the picture's border; never over the sign."""
    above = below = red = 0
    for seed in range(60):
        picture = post(seed, neighbor_probability=1.0)
        below += bool(picture[-1, :, 3].any())
        above += bool(picture[0, :, 3].any())
        lowest = picture[-8:].reshape(-1, 4)
        red += bool((lowest[:, 0] > 3 * lowest[:, 2] + 0.2).any())

        assert picture[SIGN][16:48, 16:48, 3].min() > 0.99
    assert below == 60
    assert 18 <= above <= 42
    assert 18 <= red <= 42


def test_worn_signs_are_left_as_they_were():
    """The renderings that come in are cached and must not change."""
    before = BLUE.copy(), RED.copy()
    posts(10, glare_probability=1.0, sticker_probability=1.0, occlusion_probability=1.0, neighbor_probability=1.0)

    np.testing.assert_array_equal(BLUE, before[0])
    np.testing.assert_array_equal(RED, before[1])
