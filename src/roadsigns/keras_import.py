"""Keras, imported only where it is needed."""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from roadsigns.cpu import cpu_flags
from roadsigns.errors import MissingExtraError

__all__ = ["import_keras"]

# A context around the import. The library leaves its caller's process as it is; the command line sets a context here,
# see `cli/shared/process.py`.
around_import: Callable[[], AbstractContextManager[None]] = nullcontext


def import_keras() -> Any:
    """Import Keras and return it.

    Raises:
        MissingExtraError: If Keras or its back-end is not installed.
    """
    if "keras" in sys.modules:
        return sys.modules["keras"]
    if os.path.expanduser("~") == "~":  # noqa: PTH111 - pathlib raises an error there
        import tempfile

        # Without a home folder, Keras would make one of that name in the current folder.
        os.environ.setdefault("KERAS_HOME", os.path.join(tempfile.gettempdir(), ".keras"))  # noqa: PTH118
    if "avx2" in cpu_flags():
        # By itself TensorFlow calls oneDNN only on CPUs with instructions for networks, such as AVX-512 VNNI. With AVX2
        # alone its own convolutions take half as long again (docs/experiments/0052).
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    try:
        with around_import():
            import keras
    except ImportError as error:
        raise MissingExtraError(
            f"Keras or its back-end is not installed ({error}).", hint="Install them: pip install 'roadsigns[train]'"
        ) from error
    return keras
