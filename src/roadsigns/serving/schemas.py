"""The JSON that the service sends, as pydantic models. The OpenAPI document is generated from them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from roadsigns.explanation.heat_map import Method
from roadsigns.inference.prediction import Decision
from roadsigns.types import UNKNOWN_KINDS

__all__ = [
    "ClassResult",
    "DetectResponse",
    "ExplainResponse",
    "Explanation",
    "ImageFailure",
    "ImageResult",
    "ModelResponse",
    "PredictResponse",
    "ProblemDetails",
    "StatusResponse",
]

Probability = Annotated[float, Field(ge=0, le=1)]
FileName = Annotated[str | None, Field(description="The file name that was sent with the image, if any.")]


class Schema(BaseModel):
    """A JSON object without any other fields."""

    model_config = ConfigDict(extra="forbid")


class Explanation(Schema):
    """What is wrong with a request or an image."""

    detail: str = Field(description="All of the following in one text.")
    problem: str = Field(description="What is wrong, as a sentence.")
    expected: str = Field(description="What was expected, as a noun phrase; may be empty.")
    hint: str = Field(description="What to do about it, as a sentence; may be empty.")
    subject: str | None = Field(description="What the problem is about: a parameter, a header or a file.")


class ProblemDetails(Explanation):
    """Why a request failed (RFC 9457)."""

    type: str = Field(description="Always about:blank: the status says what kind of problem it is.")
    title: str = Field(description="The name of the HTTP status.")
    status: int = Field(description="The HTTP status.")
    request_id: str = Field(description="As in the header X-Request-ID and in the service's log.")


class SignClass(Schema):
    """One class of traffic sign."""

    class_id: int
    name: str
    name_de: str = Field(description="German name; empty for custom classes.")
    sign_number: str = Field(description="Number in the German regulations; empty for custom classes.")
    drawing: str | None = Field(description="Path of a drawing of the sign; null where there is none.")


class ClassResult(SignClass):
    """A class and its probability."""

    probability: Probability


class Reading(ClassResult):
    """What one sign shows. `class_id`, `name` and `probability` are the most probable class, whatever the decision."""

    decision: Decision | None = Field(
        description="known: the image shows this class; uncertain: one of the candidates; unknown: none of the "
        "classes. Null where the model has no thresholds to decide by."
    )
    known_score: Probability | None = Field(
        description="How sure the model is that the image shows one of the classes; null where it cannot tell."
    )
    unknown_kind: Annotated[str, Field(json_schema_extra={"enum": list(UNKNOWN_KINDS)})] | None = Field(
        description="What else the image shows. Null unless the decision is unknown."
    )
    candidates: list[int] = Field(
        description="The prediction set: ids of the classes that the image may show, best first. Over all signs of the "
        "classes like those that the sets were calibrated on, it holds the true class with the promised probability. "
        "Empty where the model has no such sets."
    )
    top_k: list[ClassResult] = Field(description="The most probable classes, best first; the first is the prediction.")


class ImageResult(Reading):
    """The prediction for one image."""

    file: FileName


class ImageFailure(Schema):
    """Why one image of several could not be read."""

    file: FileName
    error: Explanation


class PredictResponse(Schema):
    """One entry for each image, in the order in which they were sent."""

    predictions: list[ImageResult | ImageFailure]


class ExplainResult(ImageResult):
    """The prediction for one image, and what decided."""

    explained: int = Field(
        description="The class id that the heat map speaks of: the most probable class, whatever the decision. Of an "
        "unknown image, the class that it looks most like."
    )
    method: Method = Field(
        description="gradient: integrated gradients, where Keras computes; occlusion: parts hidden and shown alone."
    )
    sign: str = Field(
        description="The sign as the network sees it: a square PNG in Base64.",
        json_schema_extra={"contentEncoding": "base64", "contentMediaType": "image/png"},
    )
    heat_map: list[list[Probability]] = Field(
        description="How much each pixel of it speaks for the class, row by row: 1 for those that speak most for it, "
        "in this image."
    )


class ExplainResponse(Schema):
    """One entry for each image, in the order in which they were sent."""

    explanations: list[ExplainResult | ImageFailure]


class FoundSign(Reading):
    """One sign of a photograph."""

    box: list[float] = Field(
        min_length=4,
        max_length=4,
        description="Where it is: x1, y1, x2, y2 in pixels of the upright image, origin top left, x2 and y2 exclusive.",
    )
    score: Probability = Field(description="How sure the detector is that a sign is there.")


class DetectResponse(Schema):
    """The signs of a photograph, those first that the detector is most sure of."""

    width: int = Field(description="Of the upright image, in pixels.")
    height: int
    signs: list[FoundSign] = Field(description="Empty where no sign is found.")


class DetectorDescription(Schema):
    """The detector behind the service."""

    model: str = Field(description="The name of the built-in detector, or of the run folder or file that is served.")
    min_score: Probability = Field(description="Signs with a lower score are not reported.")


class RequestLimits(Schema):
    """The largest request that the service accepts."""

    request_bytes: int
    image_pixels: int
    images: int


class ModelResponse(Schema):
    """The model behind the service."""

    model: str = Field(description="The name of the built-in model, or of the run folder or file that is served.")
    network: str
    recipe: str
    preparation: str
    image_size: int
    source: str = Field(description="The data set that the model was trained on.")
    weights_sha256: str
    unknown_kinds: list[str] = Field(description="What the model tells apart among images of none of its classes.")
    known_threshold: Probability | None = Field(
        description="The known score below which an image is unknown; null where the model does not decide."
    )
    keep: Probability | None = Field(
        description="The share of known signs that this threshold keeps; null where that is not known."
    )
    coverage: Probability | None = Field(
        description="The promised probability, over all known signs, that the candidates hold the true class; null "
        "where there are none."
    )
    detector: DetectorDescription | None = Field(
        description="What finds the signs of photographs; null where the service has no POST /v1/detect."
    )
    version: str = Field(description="Version of roadsigns.")
    limits: RequestLimits
    classes: list[SignClass]


class StatusResponse(Schema):
    """The state of the service."""

    status: str
