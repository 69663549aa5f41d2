"""Clusters that cannot be reached or used."""

import importlib.util
import signal
import sys
from types import SimpleNamespace

import pytest
from fixtures.errors import raises

from roadsigns.distributed import cluster
from roadsigns.errors import ClusterError, MissingExtraError
from roadsigns.version import __version__

needs_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
# In a process that pytest's faulthandler and OpenVINO share, as in `make test`, a signal is a segmentation fault.
in_a_process_of_its_own = pytest.mark.ray


def test_ray_is_named_where_it_is_missing(monkeypatch):
    """With the extra."""
    monkeypatch.setitem(sys.modules, "ray", None)

    with raises(MissingExtraError, hint="roadsigns[ray]"):
        cluster.import_ray()


@pytest.mark.parametrize("address", ["somewhere", "host:port", "ray://host:10001", ":6379"])
@needs_ray
def test_what_is_no_address_is_refused(address):
    """Ray's client is another way to connect, which needs a server of its own."""
    with raises(ClusterError, expected="HOST:PORT", subject=address), cluster.connected(address, cores=None):
        pass


@needs_ray
def test_a_cluster_that_does_not_answer_is_told_at_once():
    """Ray itself would wait for a minute."""
    address = "127.0.0.1:1"

    with raises(ClusterError, problem="No cluster answers there", subject=address), cluster.connected(address, cores=1):
        pass


@pytest.fixture
def starting(monkeypatch):
    """What happens while a stand-in for Ray starts: each is called, and the names of what was done are kept."""
    done = []

    def start(*events, address=None):
        def init(*_):
            for event in events:
                event()
            done.append("started")

        ray = SimpleNamespace(shutdown=lambda: done.append("ended"))
        monkeypatch.setattr(cluster, "import_ray", lambda: ray)
        monkeypatch.setattr(cluster, "_start", init)
        monkeypatch.setattr(cluster, "_connect", init)
        with cluster.connected(address, cores=1):
            done.append("used")

    start.done = done
    return start


def terminate(*_):
    raise SystemExit(143)


@pytest.fixture
def sigterm():
    """SIGTERM raises, as in the command."""
    before = signal.signal(signal.SIGTERM, terminate)
    yield lambda: signal.raise_signal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def interrupt():
    """SIGINT raises, whatever other tests of this process have left."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, before)


@in_a_process_of_its_own
@needs_ray
def test_signal_while_ray_starts_waits_until_it_has_started(starting, sigterm, interrupt, capfd):
    """Ray would leave processes behind."""
    for signalled, error in ((sigterm, SystemExit), (interrupt, KeyboardInterrupt)):
        with pytest.raises(error):
            starting(signalled)

    assert starting.done == ["started", "ended"] * 2
    assert "Stopping once Ray has started" in capfd.readouterr().err
    assert signal.getsignal(signal.SIGTERM) is terminate
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@in_a_process_of_its_own
@needs_ray
def test_second_signal_does_not_wait(starting, interrupt):
    """Somebody is in a hurry."""
    with pytest.raises(KeyboardInterrupt):
        starting(interrupt, interrupt)

    assert starting.done == ["ended"]


@in_a_process_of_its_own
@needs_ray
def test_signal_while_a_cluster_is_sought_does_not_wait(starting, sigterm, interrupt):
    """One that does not answer is sought for many minutes."""
    for signalled, error in ((sigterm, SystemExit), (interrupt, KeyboardInterrupt)):
        with pytest.raises(error):
            starting(signalled, address="auto")

    assert starting.done == ["ended"] * 2


@needs_ray
def test_ray_does_not_take_sigterm_for_itself(starting, sigterm):
    """Its own handlers end the process without a word, or print a trace; one is not set by way of Python."""
    from ray._private import utils

    own = utils.set_sigterm_handler
    for address in (None, "auto"):
        starting(
            lambda: utils.set_sigterm_handler(lambda *_: sys.exit(1)),
            lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN),
            address=address,
        )
        assert signal.getsignal(signal.SIGTERM) is terminate

    assert starting.done == ["started", "used", "ended"] * 2
    assert utils.set_sigterm_handler is own


def test_another_version_of_ray_is_told():
    """In Ray's words."""

    def init(**options):
        raise RuntimeError("Version mismatch: The cluster was started with:\n    Ray: 1.0")

    with raises(ClusterError, problem="another version of Ray", hint="Ray: 1.0", subject="a:1"):
        cluster._connect(SimpleNamespace(init=init), "a:1", {})


@needs_ray
@pytest.mark.parametrize(("found", "told"), [("", "has no roadsigns"), ("0.0", "has roadsigns 0.0, and this one")])
def test_a_machine_without_this_version_is_named(found, told):
    """By its address; the package may be missing on one of many."""
    with raises(ClusterError, problem=told, hint="pip install", subject="10.0.0.2"):
        cluster.check_nodes(ray_of([__version__, found]))

    cluster.check_nodes(ray_of([__version__, __version__]))


@needs_ray
def test_a_machine_that_does_not_answer_is_named():
    """After a while."""
    ray = ray_of([__version__])
    ray.wait = lambda calls, **options: ([], calls)

    with raises(ClusterError, problem="does not answer", subject="10.0.0.1"):
        cluster.check_nodes(ray)


def ray_of(versions):
    """A stand-in for Ray on a cluster with these versions of roadsigns."""
    numbers = iter(range(len(versions)))
    addresses = [f"10.0.0.{number + 1}" for number in range(len(versions))]
    nodes = [{"Alive": True, "NodeID": "ab" * 28, "NodeManagerAddress": address} for address in addresses]
    asked = SimpleNamespace(options=lambda **_: SimpleNamespace(remote=lambda: next(numbers)))
    return SimpleNamespace(
        remote=lambda function: asked,
        nodes=lambda: nodes,
        wait=lambda calls, **options: (calls, []),
        get=lambda call: versions[call],
    )
