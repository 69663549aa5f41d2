"""`roadsigns serve`: serve a model over HTTP."""

import contextlib

import click

from roadsigns.cli.shared.decision import coverage_option, keep_option
from roadsigns.cli.shared.number import FiniteFloatRange
from roadsigns.cli.shared.which_detector import chosen_detector, detector_options
from roadsigns.errors import MissingExtraError
from roadsigns.serving.limits import Limits

DEFAULTS = Limits()


@click.command("serve")
@click.option(
    "--model",
    metavar="MODEL",
    help="Run folder, model file, or built-in model; see `roadsigns models`.  [default: best]",
)
@detector_options
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all interfaces."
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 chooses a free one."
)
@click.option(
    "--max-bytes",
    default=DEFAULTS.request_bytes,
    show_default=True,
    type=click.IntRange(1),
    help="Largest request body, in bytes.",
)
@click.option(
    "--max-pixels",
    default=DEFAULTS.image_pixels,
    show_default=True,
    type=click.IntRange(1),
    help="Largest image, width times height.",
)
@click.option(
    "--max-images",
    default=DEFAULTS.images,
    show_default=True,
    type=click.IntRange(1),
    help="Largest number of images per request.",
)
@click.option(
    "--queue",
    default=DEFAULTS.queue,
    show_default=True,
    type=click.IntRange(1),
    help="Largest number of images in the queue; requests beyond it get status 429.",
)
@click.option(
    "--batch",
    default=DEFAULTS.batch,
    show_default=True,
    type=click.IntRange(1),
    help="Largest number of images in a batch.",
)
@click.option(
    "--batch-wait-ms",
    default=DEFAULTS.batch_wait_seconds * 1000,
    show_default=True,
    type=FiniteFloatRange(0, 1000),
    help="How long an image waits for others to join its batch while the machine is idle.",
)
@click.option(
    "--answer-seconds",
    default=DEFAULTS.answer_seconds,
    show_default=True,
    type=FiniteFloatRange(0.1, 3600),
    help="How long a request waits for its predictions before it fails with status 503.",
)
@keep_option
@coverage_option
@click.option("--threads", type=click.IntRange(1), help="Number of worker threads.  [default: one per core]")
@click.option(
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="Lowest level to log; requests are logged as info.",
)
def command(
    *,
    model: str | None,
    detector: str | None,
    no_detector: bool,
    host: str,
    port: int,
    max_bytes: int,
    max_pixels: int,
    max_images: int,
    queue: int,
    batch: int,
    batch_wait_ms: float,
    answer_seconds: float,
    keep: float | None,
    coverage: float | None,
    threads: int | None,
    log_level: str,
) -> None:
    """Serve a model over HTTP, with a web page at /.

    POST /v1/predict recognises signs that are cut out, POST /v1/explain says what decided, POST /v1/detect finds and
    recognises the signs of a street photograph; /openapi.json describes the API. Ctrl-C or SIGTERM stops the service
    once the requests that it has accepted are answered.
    """
    try:
        from roadsigns.serving.server import serve
    except ImportError as error:
        raise MissingExtraError(
            f"A package that the service needs is missing ({error}).", hint="Install it: pip install 'roadsigns[serve]'"
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
    raise_open_file_limit()
    serve(
        model or DEFAULT_MODEL,
        host=host,
        port=port,
        limits=limits,
        log_level=log_level,
        detector=chosen_detector(detector, none=no_detector),
        threads=threads,
        keep=keep,
        coverage=coverage,
    )


def raise_open_file_limit() -> None:
    """Allow this process as many open files, and so connections, as it may have without privileges."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
