"""A file comes whole, byte for byte, from servers that break off, stall, lie and change, or a sentence says why not."""

import hashlib
import os
import resource
import signal
import tempfile
import warnings
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadsigns.datasets import fetch as fetch_module
from roadsigns.datasets.connection import Patience
from roadsigns.datasets.fetch import fetch
from roadsigns.errors import DownloadError

CONTENT = os.urandom(300_000)
OTHER_CONTENT = os.urandom(300_000)
HALF = 150_000
HASTY = Patience(tries=4, worthwhile_bytes=50_000, pause_seconds=0.002)

# Each try after the first is told by a warning; the tests that look for it say so.
pytestmark = [pytest.mark.filterwarnings("ignore:.*follows in"), pytest.mark.usefixtures("no_certificates")]


def md5_of(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "signs.zip"


@pytest.fixture
def server(server):
    """A server that has the file."""
    server.files["/signs.zip"] = CONTENT
    return server


def bring(server, path, *, servers=(), **options):
    options = {"md5": md5_of(CONTENT), "patience": HASTY} | options
    fetch(path, urls=[f"{each.url}/signs.zip" for each in (server, *servers)], **options)


def assert_whole(path):
    """The file is there, and nothing else."""
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]


def assert_given_up(server, path, match, **options):
    with pytest.raises(DownloadError, match=match):
        bring(server, path, **options)


def cut(server, *places, **options):
    """Let the server break off at these places first."""
    server.next_answers["/signs.zip"] = [server.serve(until=place, **options) for place in places]


def test_a_good_server_is_asked_once(server, path):
    """Nothing to go on from, nothing to try again."""
    bring(server, path)

    assert_whole(path)
    assert server.ranges == [None]


def test_a_whole_file_is_not_fetched_again(server, path):
    """Its checksum says that it is whole."""
    path.write_bytes(CONTENT)

    bring(server, path)

    assert_whole(path)
    assert server.requests == []


def test_a_broken_transfer_goes_on_where_it_broke_off(server, path):
    """Only the rest is asked for, and only of the same version."""
    cut(server, HALF)

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [None, f"bytes={HALF}-"]
    assert server.requests[1].headers["If-Range"] == server.tag_of(CONTENT)
    assert server.sent == len(CONTENT)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(places=st.lists(st.integers(0, len(CONTENT)), max_size=3))
def test_wherever_it_breaks_off_every_byte_comes_once(server, places):
    """At the first byte, at the last, in the middle, several times."""
    cut(server, *places)
    server.sent = 0

    with tempfile.TemporaryDirectory() as folder:
        bring(server, Path(folder, "signs.zip"))
        assert_whole(Path(folder, "signs.zip"))

    assert server.sent == len(CONTENT)


def test_tries_are_counted_anew_when_something_came(server, path):
    """A line that breaks ever again brings the file nevertheless."""
    places = range(60_000, len(CONTENT), 60_000)
    cut(server, *places)

    bring(server, path, patience=Patience(tries=2, pause_seconds=0.002, worthwhile_bytes=50_000))

    assert_whole(path)
    assert len(server.requests) == len(places) + 1


def test_tries_are_counted_out_when_hardly_anything_comes(server, path):
    """A few bytes each time would take for ever."""
    cut(server, *range(1_000, 30_000, 1_000))

    assert_given_up(server, path, r"signs.zip: the transfer broke off before its end\. Try again")

    assert len(server.requests) == HASTY.tries
    assert path.read_bytes() == CONTENT[:4_000]


def test_starting_over_again_and_again_is_no_progress(server, path):
    """A server that knows no ranges and always breaks off is given up."""
    server.answers["/signs.zip"] = server.body(CONTENT[:HALF], length=len(CONTENT))

    assert_given_up(server, path, "broke off")

    # The first half was progress.
    assert len(server.requests) == HASTY.tries
    assert path.read_bytes() == CONTENT[:HALF]


def test_the_next_call_goes_on_where_the_last_was_given_up(server, path):
    """Tomorrow the server is well again."""
    server.answers["/signs.zip"] = server.serve(until=HALF)
    assert_given_up(server, path, "broke off")
    server.answers.clear()
    server.requests.clear()

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [f"bytes={HALF}-"]
    assert server.requests[0].headers["If-Range"] == server.tag_of(CONTENT)


@pytest.mark.parametrize("memory", [b"", b"{", b"[]", b"7", b"{}", b'{"url": 1}', b"\xff\xfe", None])
def test_a_memory_that_is_lost_costs_nothing(server, path, memory):
    """After a kill there may be half of it, or none."""
    path.write_bytes(CONTENT[:HALF])
    if memory is not None:
        path.with_name("signs.zip.json").write_bytes(memory)

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [f"bytes={HALF}-"]
    assert "If-Range" not in server.requests[0].headers


def test_a_server_without_ranges_starts_over(server, path):
    """It answers with the whole file, and that replaces what was there."""
    server.answers["/signs.zip"] = server.body(CONTENT)
    cut(server, HALF)

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [None, f"bytes={HALF}-"]


def test_a_file_that_has_changed_starts_over(server, path):
    """The server's tag tells, and no piece of the old file stays."""
    server.files["/signs.zip"] = OTHER_CONTENT
    cut(server, HALF, then=lambda _: server.files.update({"/signs.zip": CONTENT}))

    bring(server, path)

    assert_whole(path)
    assert server.requests[1].headers["If-Range"] == server.tag_of(OTHER_CONTENT)
    assert len(server.requests) == 2


def test_a_file_that_has_changed_in_silence_starts_over_once(server, path):
    """Without a tag the checksum tells, after the last byte."""
    server.files["/signs.zip"] = OTHER_CONTENT
    cut(server, HALF, tag=False, then=lambda _: server.files.update({"/signs.zip": CONTENT}))

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [None, f"bytes={HALF}-", None]


def test_the_date_of_a_file_serves_where_there_is_no_strong_tag(server, path):
    """A weak tag does not promise the same bytes."""
    date = "Mon, 01 Jun 2026 12:00:00 GMT"
    headers = [("ETag", 'W/"weak"'), ("Last-Modified", date)]
    server.next_answers["/signs.zip"] = [server.body(CONTENT[:HALF], length=len(CONTENT), headers=headers)]

    bring(server, path)

    assert_whole(path)
    assert server.requests[1].headers["If-Range"] == date


@pytest.mark.parametrize("there", [len(CONTENT), len(CONTENT) + 1, 2 * len(CONTENT)])
def test_more_than_the_whole_file_starts_over(server, path, there):
    """The server has nothing behind the end (416), so what was there is not its file."""
    path.write_bytes(bytes(there))

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [f"bytes={there}-", None]


@pytest.mark.parametrize(
    "content_range", [f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}", "bytes */7", "items 1-2/3", "", "bytes"]
)
def test_another_part_than_asked_for_starts_over(server, path, content_range):
    """It is not sewn on."""
    path.write_bytes(CONTENT[:HALF])
    headers = [("Content-Range", content_range)] if content_range else []
    server.next_answers["/signs.zip"] = [server.body(CONTENT, status=206, headers=headers)]

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [f"bytes={HALF}-", None]


def test_a_wrong_rest_starts_over_once(server, path):
    """The server says that it sends the rest, and sends something else."""
    path.write_bytes(CONTENT[:HALF])
    headers = [("Content-Range", f"bytes {HALF}-{len(CONTENT) - 1}/{len(CONTENT)}")]
    server.next_answers["/signs.zip"] = [server.body(OTHER_CONTENT[HALF:], status=206, headers=headers)]

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [f"bytes={HALF}-", None]


def test_a_wrong_beginning_starts_over_once(server, path):
    """What lies there came from somewhere else."""
    path.write_bytes(OTHER_CONTENT[:HALF])

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [f"bytes={HALF}-", None]


def test_a_wrong_file_is_told_with_both_checksums(server, path):
    """The sums let the user see which file it is; it came in one piece, so nobody asks again."""
    server.files["/signs.zip"] = OTHER_CONTENT

    assert_given_up(server, path, f"MD5 checksum is {md5_of(OTHER_CONTENT)}, expected {md5_of(CONTENT)}")

    assert len(server.requests) == 1
    assert path.read_bytes() == b""


def test_a_wrong_file_in_pieces_is_fetched_twice(server, path):
    """Once the pieces may not have fitted; twice is enough."""
    server.files["/signs.zip"] = OTHER_CONTENT
    cut(server, HALF)

    assert_given_up(server, path, "not the expected file")

    assert server.ranges == [None, f"bytes={HALF}-", None]
    assert path.read_bytes() == b""


def test_silence_in_the_middle_is_ended(server, path):
    """Who hears nothing asks anew, for the rest."""
    server.next_answers["/signs.zip"] = [server.serve(until=HALF, then=server.stall)]

    bring(server, path, patience=Patience(silence_seconds=0.5, pause_seconds=0.002))

    assert_whole(path)
    assert server.ranges[:2] == [None, f"bytes={HALF}-"]


def test_endless_silence_is_given_up(server, path):
    """After a few tries, and what came is still there."""
    server.next_answers["/signs.zip"] = [server.serve(until=HALF, then=server.stall)]
    server.answers["/signs.zip"] = server.stall
    patience = Patience(silence_seconds=0.5, tries=2, pause_seconds=0.002, worthwhile_bytes=10**6)

    assert_given_up(server, path, "the server fell silent. Try again later", patience=patience)

    assert len(server.requests) == 2
    assert path.read_bytes() == CONTENT[:HALF]


def test_a_length_that_is_too_long_is_no_harm(server, path):
    """The connection ends before the announced end, but the checksum says that all is there."""
    server.answers["/signs.zip"] = server.body(CONTENT, length=2 * len(CONTENT))

    bring(server, path)

    assert_whole(path)
    assert len(server.requests) == 1


def test_a_length_that_is_too_short_is_noticed(server, path):
    """A server that announces too little delivers too little."""
    server.answers["/signs.zip"] = server.body(CONTENT, length=HALF)

    assert_given_up(server, path, f"MD5 checksum is {md5_of(CONTENT[:HALF])}")


def test_no_length_is_no_harm(server, path):
    """A server may send until it closes the connection."""
    server.answers["/signs.zip"] = server.body(CONTENT, length=None)

    bring(server, path)

    assert_whole(path)


def test_a_break_that_looks_like_the_end_is_tried_once_more(server, path):
    """Without a length nobody can tell a broken connection from a file's end, but for the checksum."""
    server.next_answers["/signs.zip"] = [server.body(CONTENT[:HALF], length=None)]

    bring(server, path)

    assert_whole(path)


def chunked(content, *, ended=True):
    """Send in chunks, each with its length before it, and perhaps the empty one that marks the end."""

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        steps = range(0, len(content) + 40_000, 40_000)
        for begin, end in pairwise(steps):
            piece = content[begin:end]
            handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        if ended:
            handler.wfile.write(b"0\r\n\r\n")

    return answer


def test_chunks_are_put_together(server, path):
    """HTTP's way to send what has no length yet."""
    server.answers["/signs.zip"] = chunked(CONTENT)

    bring(server, path)

    assert_whole(path)


def test_chunks_that_break_off_are_gone_on_from(server, path):
    """The mark of the end is missing."""
    server.next_answers["/signs.zip"] = [chunked(CONTENT[:HALF], ended=False)]

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [None, f"bytes={HALF}-"]


@pytest.mark.parametrize("length", [10**15, None])
def test_an_endless_file_is_cut_off(server, path, monkeypatch, length):
    """A server cannot fill the disk, and is not asked again."""
    monkeypatch.setattr(fetch_module, "MAX_BYTES", 1_000_000)
    server.answers["/signs.zip"] = server.body(bytes(2_000_000), length=length)

    assert_given_up(server, path, r"MB or more, at most 1.0 MB were expected")

    assert len(server.requests) == 1
    assert path.read_bytes() == b""


def test_an_endless_rest_is_cut_off(server, path, monkeypatch):
    """The part that was there counts."""
    monkeypatch.setattr(fetch_module, "MAX_BYTES", 400_000)
    path.write_bytes(CONTENT[:HALF])
    headers = [("Content-Range", f"bytes {HALF}-{len(CONTENT) - 1}/{len(CONTENT)}")]
    server.answers["/signs.zip"] = server.body(CONTENT, status=206, headers=headers)

    assert_given_up(server, path, r"it has 0.5 MB or more, at most 0.4 MB were expected")


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_server_that_is_unwell_is_asked_again(server, path, code):
    """What passes is waited for, and what was there is kept."""
    path.write_bytes(CONTENT[:HALF])
    server.next_answers["/signs.zip"] = [server.status(code)] * (HASTY.tries - 1)

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [f"bytes={HALF}-"] * HASTY.tries


@pytest.mark.parametrize("code", [204, 206, 304, 400, 401, 403, 404, 410, 451])
def test_a_refusal_is_not_asked_again(server, path, code):
    """A wrong address stays wrong."""
    server.answers["/signs.zip"] = server.status(code)

    assert_given_up(server, path, f"signs.zip: the server answered {code} .*expected 200 OK")

    assert len(server.requests) == 1


def test_the_last_word_of_a_server_that_stays_unwell_is_told(server, path):
    """After the last try."""
    server.answers["/signs.zip"] = server.status(503)

    assert_given_up(server, path, "the server answered 503 Service Unavailable")

    assert len(server.requests) == HASTY.tries


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that were made, none of which takes time."""
    pauses = []
    monkeypatch.setattr(fetch_module, "time", SimpleNamespace(sleep=pauses.append))
    return pauses


def test_pauses_double_and_are_not_the_same_for_all(server, path, pauses):
    """Each is between half and all of its length."""
    server.answers["/signs.zip"] = server.status(500)

    assert_given_up(server, path, "500", patience=Patience())

    assert len(pauses) == 5
    for pause, longest in zip(pauses, (1, 2, 4, 8, 16), strict=True):
        assert longest / 2 <= pause <= longest
    assert len({pause / longest for pause, longest in zip(pauses, (1, 2, 4, 8, 16), strict=True)}) > 1


def test_pauses_have_an_end(server, path, pauses):
    """However often one tries."""
    server.answers["/signs.zip"] = server.status(500)

    assert_given_up(server, path, "500", patience=Patience(tries=50))

    assert max(pauses) <= Patience().longest_pause_seconds


def test_a_server_gets_the_pause_that_it_asks_for(server, path, pauses):
    """Retry-After, if it is longer than the pause that would be made anyway."""
    server.next_answers["/signs.zip"] = [server.status(429, Retry_After="7"), server.status(503, Retry_After="0")]

    bring(server, path, patience=Patience())

    assert pauses[0] == 7
    assert 1 <= pauses[1] <= 2


def test_a_server_that_asks_for_hours_is_given_up(server, path, pauses):
    """The user decides when to come back."""
    server.answers["/signs.zip"] = server.status(503, Retry_After="7200")

    assert_given_up(server, path, "asks for a pause of 7,200 s")

    assert pauses == []
    assert len(server.requests) == 1


def test_each_further_try_is_told(server, path):
    """Why, when, and from where on."""
    cut(server, HALF)

    with pytest.warns(
        UserWarning, match=r"signs.zip from 127.0.0.1: the transfer broke off .*Try 2 of 4 follows in .*0.1 MB are"
    ):
        bring(server, path)


def test_the_next_mirror_is_asked_when_one_fails(server, other_server, path):
    """In the order given."""
    other_server.answers["/signs.zip"] = other_server.status(404)

    bring(other_server, path, servers=[server])

    assert_whole(path)
    assert len(other_server.requests) == 1


def test_the_first_mirror_that_has_the_file_is_enough(server, other_server, path):
    """The others are not asked."""
    bring(server, path, servers=[other_server])

    assert_whole(path)
    assert other_server.requests == []


def test_a_mirror_goes_on_where_another_broke_off(server, other_server, path):
    """It has the same file, under a tag of its own."""
    other_server.files["/signs.zip"] = CONTENT
    other_server.answers["/signs.zip"] = other_server.serve(until=HALF)

    bring(other_server, path, servers=[server])

    assert_whole(path)
    assert server.ranges == [f"bytes={HALF}-"]
    assert "If-Range" not in server.requests[0].headers


def test_a_mirror_with_a_wrong_file_leaves_nothing_to_the_next(server, other_server, path):
    """The good file comes in one piece."""
    other_server.files["/signs.zip"] = OTHER_CONTENT

    bring(other_server, path, servers=[server])

    assert_whole(path)
    assert server.ranges == [None]


def test_what_each_mirror_said_is_told(server, other_server, path):
    """Both sentences."""
    server.answers["/signs.zip"] = server.status(403)

    assert_given_up(
        server,
        path,
        rf"Could not fetch {server.url}/signs.zip: .* 403 .* Could not fetch {other_server.url}/signs.zip: .* 404 ",
        servers=[other_server],
    )


def test_the_bar_begins_where_the_transfer_does(server, path, monkeypatch, capsys):
    """What was there counts as done."""
    path.write_bytes(bytes(3_000_000))
    content = bytes(5_000_000)
    server.files["/signs.zip"] = content
    steps = []

    class Bar:
        def __init__(self, description, *, total, unit):
            steps.append((description, total, unit))

        def __enter__(self):
            return steps.append

        def __exit__(self, *_):
            """Nothing to tidy."""

    monkeypatch.setattr(fetch_module, "progress", Bar)

    bring(server, path, md5=md5_of(content))

    assert steps[:2] == [("Fetching signs.zip", 5, "MB"), 3]
    assert sum(steps[1:]) == 5


def test_a_full_disk_keeps_what_fits(server, path):
    """A limit on the size of files acts as a full disk; nobody is asked again, and the next call goes on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (HALF, hard))
    try:
        assert_given_up(server, path, r"No room for fetching signs.zip \(File too large\): it takes 0.3 MB")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert len(server.requests) == 1
    there = len(path.read_bytes())
    assert 0 < there <= HALF

    bring(server, path)

    assert_whole(path)
    assert server.ranges == [None, f"bytes={there}-"]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_servers_do_the_file_comes_whole_or_an_error_does(server, data):
    """Any sequence of misdeeds, over several calls: never a wrong file without an error."""
    misdeeds = {
        "break off": lambda: server.serve(until=data.draw(st.integers(0, len(CONTENT)))),
        "break off untagged": lambda: server.serve(until=data.draw(st.integers(0, len(CONTENT))), tag=False),
        "hang up": lambda: lambda handler: None,
        "wrong file": lambda: server.body(OTHER_CONTENT),
        "no ranges": lambda: server.body(CONTENT),
        "too short": lambda: server.body(CONTENT, length=HALF),
        "too long": lambda: server.body(CONTENT, length=2 * len(CONTENT)),
        "no length": lambda: server.body(CONTENT[:HALF], length=None),
        "wrong part": lambda: server.body(OTHER_CONTENT, status=206, headers=[("Content-Range", "bytes 7-9/10")]),
        "unwell": lambda: server.status(503),
        "gone": lambda: server.status(404),
        "well": server.serve,
    }
    names = data.draw(st.lists(st.sampled_from(sorted(misdeeds)), max_size=8))
    server.next_answers["/signs.zip"] = [misdeeds[name]() for name in names]

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder, "signs.zip")
        for _ in range(len(names) + 1):
            try:
                bring(server, path)
            except DownloadError:
                continue
            break
        # Each call makes one request at least, so the last call met a server that is well.
        assert_whole(path)
