"""Built-in models: the trained models in the package, each under a versioned name and an alias.

Recognisers name signs, detectors find them.

A name says what the model was trained on, what it is and which version: a re-training is a new version. The alias
stands for the newest version. docs/experiments/model-versions.md lists all versions.
"""

from importlib import resources
from pathlib import Path

__all__ = [
    "BUILTIN_ALIASES",
    "DEFAULT_DETECTOR",
    "DEFAULT_MODEL",
    "DETECTOR_ALIASES",
    "alias_of",
    "builtin_detectors",
    "builtin_models",
    "describe",
    "full_name",
]

BUILTIN_ALIASES = {
    "best": "gtsrb-best-v9",
    "fast": "gtsrb-fast-v7",
    "tiny": "gtsrb-tiny-v2",
    "tutorial-augmented": "gtsrb-tutorial-augmented-v1",
}
DEFAULT_MODEL = BUILTIN_ALIASES["best"]
# The name of a detector's file says that it is one.
DETECTOR, DETECTOR_FILES = "detector", "*-detector-v*.onnx"
DETECTOR_ALIASES = {DETECTOR: "gtsdb-detector-v2"}
DEFAULT_DETECTOR = DETECTOR_ALIASES[DETECTOR]


def builtin_models() -> dict[str, Path]:
    """Return the recognisers in the package: {full name: file}."""
    return {path.stem: path for path in _files("*.onnx") if not path.match(DETECTOR_FILES)}


def builtin_detectors() -> dict[str, Path]:
    """Return the detectors in the package: {full name: file}."""
    return {path.stem: path for path in _files(DETECTOR_FILES)}


def _files(pattern: str) -> list[Path]:
    return sorted(Path(str(resources.files("roadsigns") / "builtin")).glob(pattern))


def full_name(model: str | Path) -> str:
    """Return the full name behind an alias, such as "gtsrb-best-v9" for "best"; anything else as it is."""
    return {**BUILTIN_ALIASES, **DETECTOR_ALIASES}.get(str(model), str(model))


def alias_of(name: str) -> str:
    """Return the alias of a built-in model; empty if it has none."""
    return next((alias for alias, full in {**BUILTIN_ALIASES, **DETECTOR_ALIASES}.items() if full == name), "")


def describe(path: Path) -> str:
    """Return the one-line description in the card of a built-in model: the first paragraph after its heading."""
    card = path.with_suffix(".md")
    return card.read_text(encoding="utf-8").split("\n\n")[1].replace("\n", " ") if card.is_file() else ""
