"""Settings of drawn signs and of negatives, as tables of a recipe."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from roadsigns.settings import Settings
from roadsigns.wording import either

__all__ = ["Drawing", "NegativeSettings"]


class Drawing(Settings):
    """Settings of drawn signs.

    A spread is a standard deviation, of the logarithm where the value is a factor. Values hold for a whole track unless
    they name the frame.
    """

    former_names: ClassVar[Mapping[str, str]] = {
        "stickers": "sticker_probability",
        "covered": "occlusion_probability",
        "shadows": "shadow_probability",
        "glare": "glare_probability",
        "poles": "pole_probability",
        "neighbours": "neighbor_probability",
        "plain_backdrops": "plain_backdrop_probability",
        "sway_degrees": "pose_jitter_degrees",
        "nearest": "min_distance",
        "looseness": "box_slack",
        "cast": "color_cast",
        "tone": "gamma",
        "fringe": "chromatic_aberration",
        "low_resolution": "low_resolution_probability",
        "jpeg": "jpeg_probability",
    }

    # The sign itself
    abroad: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of signs in designs of other European countries; your own templates have none.",
    )
    rare_designs: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of the other signs that have any design of their class, however rare it is on the road.",
    )
    hue_degrees: float = Field(default=5.0, ge=0, le=180, description="Spread of the hue.")
    saturation: float = Field(default=0.2, ge=0, le=2, description="Spread of the saturation factor.")
    fading: float = Field(default=0.4, ge=0, le=1, description="Strongest fading of the pigments.")
    dirt: float = Field(default=0.7, ge=0, le=1, description="Strongest darkening by dirt.")
    smooth_noise: float = Field(
        default=0.25, ge=0, le=1, description="Largest amount of smooth noise that is blended in."
    )
    sticker_probability: float = Field(default=0.05, ge=0, le=1, description="Probability of a sticker on the sign.")
    occlusion_probability: float = Field(
        default=0.04, ge=0, le=1, description="Probability of leaves that cover the sign from one side."
    )
    shadow_probability: float = Field(
        default=0.22, ge=0, le=1, description="Probability of the shadow of a roof or of leaves."
    )
    glare_probability: float = Field(default=0.08, ge=0, le=1, description="Probability of a reflection on the sign.")

    # Its surroundings
    pole_probability: float = Field(default=0.75, ge=0, le=1, description="Probability of a visible pole.")
    neighbor_probability: float = Field(
        default=0.3, ge=0, le=1, description="Probability of a plate or another sign below; half of that for one above."
    )
    plain_backdrop_probability: float = Field(
        default=0.1, ge=0, le=1, description="Probability of a backdrop of one plain colour."
    )

    # Its pose
    roll_degrees: float = Field(default=4.0, ge=0, le=180, description="Spread of the rotation in the image plane.")
    pitch_degrees: float = Field(default=7.0, ge=0, le=60, description="Spread of the tilt forwards and backwards.")
    yaw_degrees: float = Field(default=14.0, ge=0, le=60, description="Spread of the rotation about the pole.")
    shear_degrees: float = Field(default=1.5, ge=0, le=45, description="Spread of the shear.")
    pose_jitter_degrees: float = Field(
        default=0.8, ge=0, le=45, description="Spread of the jitter of each rotation from frame to frame."
    )
    min_distance: float = Field(
        default=3.0,
        ge=1.5,
        le=100,
        description="Smallest distance of the camera, in multiples of the sign's side; near signs show perspective.",
    )

    # How it fills its image; the widths are GTSRB's
    margin: float = Field(default=0.1, ge=0, le=1, description="Border around the sign, as a fraction of its side.")
    margin_pixels: int = Field(default=5, ge=0, le=50, description="Smallest border in pixels.")
    box_slack: float = Field(
        default=0.04,
        ge=0,
        le=0.5,
        description="Mean gap between the sign and each side of its box, as a fraction of the sign's side.",
    )
    first_width: float = Field(
        default=6.5, gt=0, le=200, description="Mean width of the first frame above 25 pixels, in pixels."
    )
    last_width: float = Field(default=94.0, ge=36, le=220, description="Median width of the last frame in pixels.")
    last_width_spread: float = Field(default=0.37, ge=0, le=2, description="Spread of the last frame's width.")

    # Light. Brightness is the mean level of the middle half of the box, distributed as Johnson's SB from 0 to 256.
    brightness_gamma: float = Field(
        default=0.447,
        ge=-5,
        le=5,
        description="Gamma of the brightness distribution (Johnson's SB); above 0, most signs are dark.",
    )
    brightness_delta: float = Field(
        default=0.852,
        ge=0.05,
        le=10,
        description="Delta of the brightness distribution (Johnson's SB); small values give dark and bright signs.",
    )
    backdrop_light: float = Field(
        default=0.55, gt=0, le=10, description="Median brightness of the backdrop relative to the sign's."
    )
    backdrop_spread: float = Field(
        default=0.85, ge=0, le=3, description="Spread of the backdrop's relative brightness."
    )
    color_cast: float = Field(
        default=0.06,
        ge=0,
        le=1,
        description="Spread of the light's colour cast from warm to cold; from green to purple it has half of that.",
    )
    haze: float = Field(
        default=0.3, ge=0, le=1, description="Largest share of stray light; half of the tracks have some."
    )
    gamma: float = Field(default=0.15, ge=0, le=1, description="Spread of the exponent of the camera's tone curve.")
    flicker: float = Field(default=0.07, ge=0, le=1, description="Spread of the brightness from frame to frame.")

    # Camera
    defocus: float = Field(default=0.007, ge=0, le=1, description="Mean blur radius, as a fraction of the sign's side.")
    motion: float = Field(
        default=0.045,
        ge=0,
        le=1,
        description="Mean length of motion blur, as a fraction of the sign's side; half of the tracks have some.",
    )
    blooming: float = Field(
        default=0.7,
        ge=0,
        le=5,
        description="Largest share of the light above white that spills into neighbouring pixels.",
    )
    chromatic_aberration: float = Field(
        default=0.25, ge=0, le=5, description="Spread of the shift of the red and blue channels, in pixels."
    )
    noise: float = Field(
        default=5.0,
        ge=0,
        le=100,
        description="Largest standard deviation of the noise in white areas, in levels of 255.",
    )
    sharpening: float = Field(
        default=1.2, ge=0, le=3, description="Mean strength of the camera's sharpening; a few cameras have twice that."
    )
    low_resolution_probability: float = Field(
        default=0.05, ge=0, le=1, description="Probability that a frame has a lower resolution and is enlarged."
    )
    jpeg_probability: float = Field(
        default=0.05, ge=0, le=1, description="Probability that a frame has been compressed as JPEG."
    )


def _as_list(value: Any) -> Any:
    """One name may stand alone, --set negatives.leave_out=stop, and numbers of signs be numbers: 350."""
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(str(one) if type(one) is int else one for one in values)


def _require_drawn(names: tuple[str, ...]) -> tuple[str, ...]:
    # Reading the catalogue takes a while, which other recipes need not.
    from roadsigns.synthesis.negatives.catalogue import signs_called, similar_names

    for name in names:
        if not signs_called(name):
            similar = [f"'{one}'" for one in similar_names(name)]
            such = f", such as {either(similar)}" if similar else ""
            expected = f"names or numbers of drawn signs{such}; '{name}' is none"
            raise PydanticCustomError("literal_error", "{expected}", {"expected": expected})
    return names


class NegativeSettings(Settings):
    """Images of none of the classes to train with, so that the model can answer "unknown"."""

    share: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Fraction of an epoch's images that show none of the classes. With 0, the model names a class for "
        "any image.",
    )
    tracks: int = Field(
        default=2000, ge=0, description="Tracks of other signs, and of things that are none, that are drawn."
    )
    frames: int = Field(default=3, ge=1, description="Frames of each track.")
    invented: float = Field(default=0.3, ge=0, le=1, description="Fraction of the tracks whose sign is invented.")
    near_misses: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Fraction of the tracks whose sign is nearly one of GTSRB's: a speed limit such as 40, another "
        "pictogram in a red triangle, a danger sign's triangle on a board, other vehicles side by side.",
    )
    leave_out: Annotated[tuple[str, ...], BeforeValidator(_as_list), AfterValidator(_require_drawn)] = Field(
        default=(),
        description="Signs that are not drawn, because a class of yours shows them: names or numbers, such as "
        '["zebra crossing", "274-40"].',
    )
    leave_out_by_name: bool = Field(
        default=True, description="Do not draw signs either that one of your classes is named after."
    )
    posts: int = Field(default=600, ge=0, description="Sign posts around which windows without a sign are drawn.")
    windows: int = Field(default=10, ge=1, description="Windows drawn around each post.")
    scenes: str = Field(
        default="",
        description="Folder of street scenes in GTSDB's layout, from whose first half windows without a labelled sign "
        "are cut; empty for drawn ones alone.",
    )
    scene_windows: int = Field(default=8000, ge=1, description="Windows cut from the scenes.")
