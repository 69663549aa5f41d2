"""How signs are drawn: every lever of the generator, as a table of a recipe."""

from pydantic import Field

from roadsigns.settings import Settings

__all__ = ["Drawing"]


class Drawing(Settings):
    """Levers of drawn signs.

    "Spread" is a standard deviation, of a logarithm where the value is a factor. "Share" is how many of 1 have it.
    Values hold for a track unless they say "frame".
    """

    # The sign itself
    hue_degrees: float = Field(
        default=5.0, ge=0, le=180, description="Spread of the hue; paint, dusk and cameras differ."
    )
    saturation: float = Field(default=0.2, ge=0, le=2, description="Spread of the factor of the saturation.")
    fading: float = Field(default=0.4, ge=0, le=1, description="How far pigments fade at most.")
    dirt: float = Field(default=0.7, ge=0, le=1, description="How dark dirt gets at most.")
    smooth_noise: float = Field(default=0.25, ge=0, le=1, description="How much smooth noise is blended in at most.")
    stickers: float = Field(default=0.05, ge=0, le=1, description="Share with a sticker on the sign.")
    covered: float = Field(default=0.04, ge=0, le=1, description="Share behind leaves that reach in from one side.")
    shadows: float = Field(default=0.22, ge=0, le=1, description="Share in a shadow of a roof or of leaves.")
    glare: float = Field(default=0.08, ge=0, le=1, description="Share with a reflection on the sign.")

    # What stands around
    poles: float = Field(default=0.75, ge=0, le=1, description="Share on a visible pole.")
    neighbours: float = Field(
        default=0.3, ge=0, le=1, description="Share with a plate or sign below; half as many above."
    )
    plain_backdrops: float = Field(default=0.1, ge=0, le=1, description="Share before one plain colour.")

    # How it is turned
    roll_degrees: float = Field(default=4.0, ge=0, le=180, description="Spread of the turn in the picture's plane.")
    pitch_degrees: float = Field(default=7.0, ge=0, le=60, description="Spread of the tilt forwards and backwards.")
    yaw_degrees: float = Field(default=14.0, ge=0, le=60, description="Spread of the turn about the pole.")
    shear_degrees: float = Field(default=1.5, ge=0, le=45, description="Spread of the shear.")
    sway_degrees: float = Field(default=0.8, ge=0, le=45, description="Spread of each turn from frame to frame.")
    nearest: float = Field(
        default=3.0, ge=1.5, le=100, description="Least distance in sides: near ones have perspective."
    )

    # How it fills its picture; the widths are GTSRB's
    margin: float = Field(default=0.1, ge=0, le=1, description="Border around the sign, as a fraction of its side.")
    margin_pixels: int = Field(default=5, ge=0, le=50, description="Least border in pixels.")
    looseness: float = Field(
        default=0.04, ge=0, le=0.5, description="Mean gap between the sign and each side of its box, in sides."
    )
    first_width: float = Field(
        default=6.5, gt=0, le=200, description="Mean pixels above 25 of the first frame's width."
    )
    last_width: float = Field(default=94.0, ge=36, le=220, description="Median width of the last frame in pixels.")
    last_width_spread: float = Field(default=0.37, ge=0, le=2, description="Spread of its factor.")

    # Light. The law is Johnson's SB between 0 and 256 for the mean level of the middle half of the box.
    brightness_gamma: float = Field(default=0.447, ge=-5, le=5, description="Above 0 most signs are dark.")
    brightness_delta: float = Field(
        default=0.852, ge=0.05, le=10, description="Small values make both dark and bright."
    )
    backdrop_light: float = Field(
        default=0.55, gt=0, le=10, description="Median level of the backdrop over the sign's."
    )
    backdrop_spread: float = Field(default=0.85, ge=0, le=3, description="Spread of that factor.")
    cast: float = Field(
        default=0.06, ge=0, le=1, description="Spread of the light's warmth; half of it green to purple."
    )
    haze: float = Field(default=0.3, ge=0, le=1, description="Most stray light; half of the tracks have some.")
    tone: float = Field(default=0.15, ge=0, le=1, description="Spread of the exponent of the camera's curve.")
    flicker: float = Field(default=0.07, ge=0, le=1, description="Spread of the brightness from frame to frame.")

    # Camera
    defocus: float = Field(default=0.007, ge=0, le=1, description="Mean radius of the blur in sides.")
    motion: float = Field(
        default=0.045, ge=0, le=1, description="Mean length of motion in sides; half of the tracks have some."
    )
    blooming: float = Field(
        default=0.7, ge=0, le=5, description="Most of the light above white that spills over what is beside it."
    )
    fringe: float = Field(default=0.25, ge=0, le=5, description="Spread of red's and blue's displacement in pixels.")
    noise: float = Field(default=5.0, ge=0, le=100, description="Most noise in white, in levels of 255.")
    sharpening: float = Field(
        default=1.2,
        ge=0,
        le=3,
        description="Mean strength of the camera's sharpening; some cameras have twice as much.",
    )
    low_resolution: float = Field(
        default=0.05, ge=0, le=1, description="Share of frames seen too coarsely and enlarged."
    )
    jpeg: float = Field(default=0.05, ge=0, le=1, description="Share of frames that were a JPEG.")
