"""`roadsigns serve`: a model behind HTTP."""

import click

from roadsigns.errors import MissingExtraError
from roadsigns.serving.limits import Limits

USUAL = Limits()


@click.command("serve")
@click.option("--model", metavar="MODEL", help="Run folder, model file, or built-in model; see `roadsigns models`.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 for all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one.")
@click.option(
    "--max-bytes",
    default=USUAL.request_bytes,
    show_default=True,
    type=click.IntRange(1),
    help="Largest body of a request.",
)
@click.option(
    "--max-pixels",
    default=USUAL.image_pixels,
    show_default=True,
    type=click.IntRange(1),
    help="Largest image, width times height.",
)
@click.option(
    "--max-images", default=USUAL.images, show_default=True, type=click.IntRange(1), help="Most images in a request."
)
@click.option(
    "--queue",
    default=USUAL.queue,
    show_default=True,
    type=click.IntRange(1),
    help="Most images in work at once; what comes above it gets 429.",
)
@click.option(
    "--batch", default=USUAL.batch, show_default=True, type=click.IntRange(1), help="Most images computed together."
)
@click.option(
    "--batch-wait-ms",
    default=USUAL.batch_wait_seconds * 1000,
    show_default=True,
    type=click.FloatRange(0, 1000),
    help="How long an image waits for others while the machine is idle.",
)
@click.option(
    "--answer-seconds",
    default=USUAL.answer_seconds,
    show_default=True,
    type=click.FloatRange(0.1, 3600),
    help="How long a request waits for its answer.",
)
@click.option(
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="The least that is logged; a request is info.",
)
def command(
    *,
    model: str | None,
    host: str,
    port: int,
    max_bytes: int,
    max_pixels: int,
    max_images: int,
    queue: int,
    batch: int,
    batch_wait_ms: float,
    answer_seconds: float,
    log_level: str,
) -> None:
    """Answer over HTTP: POST /v1/predict names signs, / is a page for people, /openapi.json describes it all.

    Ctrl-C or SIGTERM ends it once all is answered that was taken.
    """
    try:
        from roadsigns.serving.server import serve
    except ImportError as error:
        raise MissingExtraError(
            f"The service needs more packages ({error}). Install them: pip install 'roadsigns[serve]'"
        ) from error
    from roadsigns.model_files.model_file import DEFAULT_MODEL

    limits = Limits(
        request_bytes=max_bytes,
        image_pixels=max_pixels,
        images=max_images,
        queue=queue,
        batch=batch,
        batch_wait_seconds=batch_wait_ms / 1000,
        answer_seconds=answer_seconds,
    )
    serve(model or DEFAULT_MODEL, host=host, port=port, limits=limits, log_level=log_level)
