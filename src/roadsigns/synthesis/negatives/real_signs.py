"""The real signs that negatives show: all drawn ones that are no classes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from roadsigns.errors import DataError
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.negatives.catalogue import GTSRB_KINDS, gtsrb_sign_id, name_of
from roadsigns.synthesis.negatives.unknown_signs import UnknownSign, marks_of, restyle, unknown_signs

__all__ = ["RealSigns"]

# Of the signs outside GTSRB, how many get another base of their family.
RESTYLED = 0.3
# Share of GTSRB's signs where they are no classes: they are the commonest on the road.
COMMON = 0.5


# Without slots, which a cached property cannot have.
@dataclass(frozen=True)
class RealSigns:
    """Which drawn signs negatives show.

    Attributes:
        with_gtsrb: Whether they show GTSRB's 43 signs too: where the classes are others.
        left_out: Ids in the catalogue of signs that they do not show, since they are classes.
    """

    with_gtsrb: bool = False
    left_out: frozenset[str] = frozenset()

    @cached_property
    def common(self) -> tuple[int, ...]:
        """The class ids of those of GTSRB's signs that are shown."""
        if not self.with_gtsrb:
            return ()
        return tuple(class_id for class_id in GTSRB_KINDS if gtsrb_sign_id(class_id) not in self.left_out)

    @cached_property
    def others(self) -> tuple[UnknownSign, ...]:
        """Those of the signs outside GTSRB that are shown."""
        return tuple(sign for sign in unknown_signs() if sign.sign_id not in self.left_out)

    @cached_property
    def never_invented(self) -> frozenset[str]:
        """The pictograms and texts of signs that are left out, by which an invented sign could be one of them."""
        return frozenset[str]().union(*(marks_of(sign) for sign in unknown_signs() if sign.sign_id in self.left_out))

    def choose(self, rng: np.random.Generator, *, abroad: float = 0.0) -> UnknownSign:
        """Choose a sign.

        Args:
            rng: The source of all randomness; the same state gives the same sign.
            abroad: Share of GTSRB's signs in designs of other countries, 0 to 1.

        Raises:
            DataError: If none is left.
        """
        if not (self.common or self.others):
            raise DataError(
                "No drawn sign is left for the negatives: the classes are all of them.",
                hint="Draw invented signs alone, --set negatives.invented=1, or train without negatives, "
                "--set negatives.share=0.",
            )
        if self.common and (not self.others or rng.random() < COMMON):
            class_id = self.common[int(rng.integers(len(self.common)))]
            design = official_designs().choose(class_id, rng, abroad=abroad)
            sign_id = gtsrb_sign_id(class_id)
            return UnknownSign(sign_id, name_of(sign_id), GTSRB_KINDS[class_id], design.read_text(encoding="utf-8"))
        sign = self.others[int(rng.integers(len(self.others)))]
        return restyle(sign, rng) if rng.random() < RESTYLED else sign
