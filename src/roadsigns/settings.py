"""What every table of a recipe is: frozen, checked values; unknown keys are refused."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Settings"]


class Settings(BaseModel):
    """A table of a recipe. A subclass stands beside the code that its values steer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
