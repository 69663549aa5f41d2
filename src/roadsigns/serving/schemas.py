"""What the service answers, field by field: the OpenAPI document is made from these."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "ClassResult",
    "ImageFailure",
    "ImageResult",
    "ModelResponse",
    "PredictResponse",
    "ProblemDetails",
    "StatusResponse",
]

Probability = Annotated[float, Field(ge=0, le=1)]


class Schema(BaseModel):
    """No field beyond those that are told of."""

    model_config = ConfigDict(extra="forbid")


class Explanation(Schema):
    """Why something was not done."""

    came: str = Field(description="What came.")
    expected: str = Field(description="What was expected.")
    to_do: str = Field(description="What to do next.")


class ProblemDetails(Explanation):
    """Why a request was not answered."""

    request_id: str = Field(description="As in the header X-Request-ID and in the service's log.")


class ClassResult(Schema):
    """How probable one class is."""

    class_id: int
    name: str
    name_de: str = Field(description="German name; empty for classes that are not GTSRB's.")
    sign_number: str = Field(description="Number in the German regulations; empty for classes that are not GTSRB's.")
    drawing: str | None = Field(description="Path of a drawing of the sign; null for classes that are not GTSRB's.")
    probability: Probability


class ImageResult(ClassResult):
    """What one image shows."""

    file: str | None = Field(description="The file name that came with the image, if any.")
    top_k: list[ClassResult] = Field(description="The most probable classes, best first; the first is the prediction.")


class ImageFailure(Schema):
    """Why one image of several could not be read."""

    file: str | None = Field(description="The file name that came with the image, if any.")
    error: Explanation


class PredictResponse(Schema):
    """One entry for each image, in the order they came."""

    predictions: list[ImageResult | ImageFailure]


class ModelClass(Schema):
    """One class that the model knows."""

    class_id: int
    name: str
    name_de: str
    sign_number: str
    drawing: str | None


class RequestLimits(Schema):
    """What one request may hold."""

    request_bytes: int
    image_pixels: int
    images: int


class ModelResponse(Schema):
    """The model that answers."""

    model: str = Field(description="A built-in name, or the run folder or file that the service was told of.")
    network: str
    recipe: str
    preparation: str
    image_size: int
    source: str = Field(description="The data set it was trained on.")
    weights_sha256: str
    version: str = Field(description="Version of roadsigns.")
    limits: RequestLimits
    classes: list[ModelClass]


class StatusResponse(Schema):
    """One word."""

    status: str
