"""Built-in models: the trained models in the package, each under a versioned name and an alias.

A name says what the model was trained on, what it is and which version: a re-training is a new version. The alias
stands for the newest version. docs/experiments/model-versions.md lists all versions.
"""

from importlib import resources
from pathlib import Path

__all__ = ["BUILTIN_ALIASES", "DEFAULT_MODEL", "alias_of", "builtin_models", "describe", "full_name"]

BUILTIN_ALIASES = {
    "best": "gtsrb-best-v5",
    "fast": "gtsrb-fast-v7",
    "tiny": "gtsrb-tiny-v1",
    "tutorial-augmented": "gtsrb-tutorial-augmented-v1",
}
DEFAULT_MODEL = BUILTIN_ALIASES["best"]


def builtin_models() -> dict[str, Path]:
    """Return the models in the package: {full name: file}."""
    folder = Path(str(resources.files("roadsigns") / "builtin"))
    return {path.stem: path for path in sorted(folder.glob("*.onnx"))}


def full_name(model: str | Path) -> str:
    """Return the full name behind an alias, such as "gtsrb-best-v5" for "best"; anything else as it is."""
    return BUILTIN_ALIASES.get(str(model), str(model))


def alias_of(name: str) -> str:
    """Return the alias of a built-in model; empty if it has none."""
    return next((alias for alias, full in BUILTIN_ALIASES.items() if full == name), "")


def describe(path: Path) -> str:
    """Return the one-line description in the card of a built-in model: the first paragraph after its heading."""
    card = path.with_suffix(".md")
    return card.read_text(encoding="utf-8").split("\n\n")[1].replace("\n", " ") if card.is_file() else ""
