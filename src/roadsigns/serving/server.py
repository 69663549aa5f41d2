"""Starting and stopping the service."""

import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

import numpy as np
import uvicorn

from roadsigns.detection.detector import Detector
from roadsigns.errors import ServiceError
from roadsigns.inference.decide import NO_SETS, NO_THRESHOLDS, other_share
from roadsigns.inference.recognizer import Recognizer
from roadsigns.serving.app import create_app
from roadsigns.serving.detecting import DetectorLike
from roadsigns.serving.limits import Limits
from roadsigns.serving.logs import Logger, make_logger, take_over_uvicorn
from roadsigns.serving.worker import RecognizerLike

__all__ = ["Server", "bind", "serve", "url_of"]

# Connections that wait in the kernel until they are accepted; Linux's own limit.
BACKLOG = 4096
# Most of GTSRB's signs are smaller. An engine may prepare itself when it first sees a batch size.
WARM_UP_SIDE = 48
# What the log says at the start of a service that finds no signs.
WITHOUT_DETECTOR = {
    "detector": None,
    "detail": "Without a detector, POST /v1/detect is answered with 404. Give it one with --detector.",
}


class Server(uvicorn.Server):
    """uvicorn's server for one model. On SIGTERM it shuts down and the process ends with status 0.

    Args:
        recognizer: The loaded model.
        name: The model's name in responses.
        logger: Logs every request.
        limits: The service's limits.
        detector: The loaded detector; None for none.
        detector_name: Its name in responses.
    """

    def __init__(
        self,
        recognizer: RecognizerLike,
        *,
        name: str,
        logger: Logger,
        limits: Limits,
        detector: DetectorLike | None = None,
        detector_name: str = "",
    ) -> None:
        self._logger = logger
        self._models = {
            "model": name,
            "keep": recognizer.rule.keep,
            "known_threshold": recognizer.rule.threshold,
            "coverage": recognizer.rule.coverage,
            **({"detector": detector_name} if detector else WITHOUT_DETECTOR),
        }
        app = create_app(
            recognizer, name=name, logger=logger, limits=limits, detector=detector, detector_name=detector_name
        )
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                backlog=BACKLOG,
                limit_concurrency=limits.connections,
                timeout_keep_alive=limits.idle_seconds,
                timeout_graceful_shutdown=limits.stop_seconds,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then log the address: from then on clients can connect."""
        await super().startup(sockets=sockets)
        if self.started:
            for listener in sockets or ():
                self._logger.info("serving", url=url_of(listener), **self._models, pid=os.getpid())

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to shut down."""
        if sig == signal.SIGTERM:
            self.should_exit = True
        else:
            super().handle_exit(sig, frame)


def serve(
    model: str | Path,
    *,
    host: str,
    port: int,
    limits: Limits,
    log_level: str,
    detector: str | Path | None = None,
    threads: int | None = None,
    keep: float | None = None,
    coverage: float | None = None,
) -> None:
    """Load a model and serve it until a signal ends the service.

    Args:
        model: See `Recognizer.load`, as are `threads`, `keep` and `coverage`.
        host: Where to listen.
        port: The same.
        limits: The service's limits.
        log_level: The lowest level that is logged.
        detector: See `Detector.load`; None for a service that finds no signs.

    Raises:
        ModelError: If a model does not load, or has no threshold for `keep` or `coverage`.
        ServiceError: If the address cannot be used.
    """
    with bind(host, port) as listener:
        logger = make_logger(level=log_level)
        take_over_uvicorn()
        recognizer = Recognizer.load(model, threads=threads, keep=keep, coverage=coverage)
        loaded = None if detector is None else Detector.load(detector, recognizer=recognizer, threads=threads)
        if recognizer.rule.threshold is None:
            logger.warning("no_thresholds", detail=NO_THRESHOLDS)
        elif recognizer.rule.quantile is None:
            logger.warning("no_prediction_sets", detail=NO_SETS)
        if told := other_share(recognizer.rule, keep):
            logger.warning("keep", detail=told)
        _warm_up(recognizer, limits)
        server = Server(
            recognizer,
            name=Path(model).name,
            logger=logger,
            limits=limits,
            detector=loaded,
            detector_name="" if detector is None else Path(detector).name,
        )
        if listener.getsockname()[0] not in {"127.0.0.1", "::1"}:
            logger.warning(
                "open", detail="Everybody who can reach this machine can use the service: there is no password."
            )
        try:
            server.run(sockets=[listener])
        finally:
            logger.info("stopped", requests=server.server_state.total_requests)


def bind(host: str, port: int) -> socket.socket:
    """Bind a socket to an address. Listening begins only once the model is loaded.

    Raises:
        ServiceError: If the address cannot be used.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ServiceError(
            f"This address cannot be used ({error.strerror}).",
            expected="an address or a name of this machine, such as 127.0.0.1",
            hint="Correct --host.",
            subject=host,
        ) from error
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise ServiceError(
            f"The service cannot listen here ({error.strerror}).",
            expected="an address of this machine and a free port",
            hint="Choose others with --host and --port; --port 0 takes any free port.",
            subject=f"{host}:{port}",
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the URL of the service."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _warm_up(recognizer: RecognizerLike, limits: Limits) -> None:
    image = np.zeros((WARM_UP_SIDE, WARM_UP_SIDE, 3), np.uint8)
    for count in (1, limits.batch):
        for _ in recognizer.predict_each([image] * count):
            pass
