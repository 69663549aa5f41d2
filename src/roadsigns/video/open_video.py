"""Opens a video: a file, a camera or the address of a stream."""

from pathlib import Path

from roadsigns.video.live import LiveVideo
from roadsigns.video.source import Video, is_live
from roadsigns.video.video_file import VideoFile

__all__ = ["open_video"]


def open_video(name: str) -> Video:
    """Open a video.

    Args:
        name: A file, the number of a camera, or an address that begins with rtsp://, rtsps://, http:// or https://.

    Raises:
        DataError: If it cannot be opened, or holds no video that can be read.
    """
    return LiveVideo(name) if is_live(name) else VideoFile(Path(name))
