"""The light of a street scene: season, weather and hour."""

from dataclasses import dataclass

import numpy as np

from roadsigns.synthesis.scenes.canvas import Colour

__all__ = ["Light", "choose_light"]

SEASONS = ("spring", "summer", "autumn", "winter")
WEATHERS, WEATHER_SHARES = ("sunny", "overcast", "backlit", "dusk", "night"), (0.36, 0.34, 0.15, 0.1, 0.05)
# Ground, faces towards the camera, sky at its lowest: medians that make pictures as dark and as bright as GTSDB's.
LEVELS = {
    "sunny": (1.05, 0.8, 0.95),
    "overcast": (0.8, 0.65, 1.15),
    "backlit": (0.6, 0.4, 1.5),
    "dusk": (0.42, 0.38, 0.65),
    "night": (0.16, 0.1, 0.04),
}


@dataclass(frozen=True, slots=True)
class Light:
    """Light on a scene's surfaces, as colours that multiply their reflectance.

    Attributes:
        season: One of `SEASONS`.
        weather: One of `WEATHERS`.
        ground: On what lies flat in the sun.
        facing: On what faces the camera, signs too.
        left: On what faces right, at the left of the street.
        right: On what faces left, at the right of the street.
        shadow: How much of the light is left in shadows, 0 to 1.
        sky: Colour of the sky at the horizon, which far things fade to.
        visibility: In metres, to where a third of the contrast is left.
    """

    season: str
    weather: str
    ground: Colour
    facing: Colour
    left: Colour
    right: Colour
    shadow: float
    sky: Colour
    visibility: float

    @property
    def at_night(self) -> bool:
        """Whether headlights and lamps are all the light there is."""
        return self.weather == "night"

    @property
    def sunny(self) -> bool:
        """Whether things cast shadows."""
        return self.weather in {"sunny", "backlit"}


def choose_light(rng: np.random.Generator) -> Light:
    """Choose season, weather and hour."""
    season = SEASONS[int(rng.integers(len(SEASONS)))]
    weather = WEATHERS[int(rng.choice(len(WEATHERS), p=WEATHER_SHARES))]
    exposure = float(np.exp(rng.normal(0, 0.25)))
    ground, facing, sky = (exposure * level for level in LEVELS[weather])
    warm = rng.normal(0.02, 0.05) + (0.06 if weather == "dusk" else 0.0)
    sun = np.array([1 + warm, 1.0, 1 - warm])
    blue = np.array([0.92, 0.98, 1.08])
    # The sun stands at one side: walls there are dark, the other side's are bright.
    spread = 0.45 if weather in {"sunny", "backlit", "dusk"} else 0.12
    lean = rng.normal(0, spread)
    facing *= float(np.exp(rng.normal(0, spread)))
    return Light(
        season=season,
        weather=weather,
        ground=ground * sun,
        facing=facing * sun,
        left=0.9 * np.sqrt(ground * facing) * np.exp(lean) * sun,
        right=0.9 * np.sqrt(ground * facing) * np.exp(-lean) * sun,
        shadow=float(rng.uniform(0.25, 0.55)),
        sky=sky * float(np.exp(rng.normal(0, 0.15))) * blue,
        visibility=float(rng.choice([rng.uniform(120, 400), rng.uniform(500, 2500)], p=[0.2, 0.8])),
    )
