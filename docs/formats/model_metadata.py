"""What a model file says about itself."""

from formats.page import Format, Table
from roadsigns.datasets.folds import FoldRecord
from roadsigns.datasets.splits import HoldOutRecord
from roadsigns.model_files.conformal_quantiles import ConformalQuantiles
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.model_files.metadata import Ancestor, ModelMetadata
from roadsigns.types import SignClass

FORMATS = (
    Format(
        "Model metadata",
        "In every model file: the key `roadsigns` of an ONNX file's `metadata_props`, `roadsigns.json` in a `.keras` "
        "archive. Detectors have the key `roadsigns_detector` instead.",
        [
            Table("ModelMetadata", [ModelMetadata], renamed={"ancestors": "starts"}),
            Table("SignClass", [SignClass]),
            Table("HoldOutRecord", [HoldOutRecord]),
            Table("FoldRecord", [FoldRecord]),
            Table("Ancestor", [Ancestor]),
            Table("KnownThresholds", [KnownThresholds]),
            Table("ConformalQuantiles", [ConformalQuantiles]),
            Table("DetectorMetadata", [DetectorMetadata]),
        ],
    ),
)
