"""The base of every table of a recipe: frozen, checked values; unknown keys are errors."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

__all__ = ["Settings"]


class Settings(BaseModel):
    """A table of a recipe. A subclass stands beside the code that its values control.

    Attributes:
        former_names: Today's name of each key that had another one: recipes of earlier versions still load.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    former_names: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _rename_keys(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {cls.former_names.get(key, key): value for key, value in values.items()}
