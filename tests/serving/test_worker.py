"""What becomes of a batch of uploads."""

import pytest
from fixtures.service import StandIn

from roadsigns.serving import worker as worker_module
from roadsigns.serving.worker import Upload, Worker


def test_fault_in_decoding_one_upload_is_not_that_of_its_batch(tiny_metadata, png, monkeypatch):
    """Whatever a decoder raises; the other uploads are recognised."""
    decode = worker_module.decode_image

    def decode_or_fail(content, **options):
        if content == b"bad":
            raise ZeroDivisionError
        return decode(content, **options)

    monkeypatch.setattr(worker_module, "decode_image", decode_or_fail)
    worker = Worker(StandIn(tiny_metadata), max_pixels=10_000)

    first, bad, last = worker.recognize([Upload(png(3)), Upload(b"bad"), Upload(png(5))])

    assert (first.class_id, last.class_id) == (3, 5)
    with pytest.raises(ZeroDivisionError):
        bad.result(timeout=20)
    worker.close()
