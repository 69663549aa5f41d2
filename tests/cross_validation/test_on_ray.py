"""Folds on a cluster: which are sent there, and how far they are. Without Ray, which test_training_faults.py has."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from fixtures.errors import raises

from roadsigns.cross_validation import on_ray as module
from roadsigns.cross_validation.on_ray import Cluster, cross_validate_on_ray
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.datasets.reader import read_training
from roadsigns.distributed.tasks import TaskOutcome
from roadsigns.errors import ClusterError, RunError


@pytest.fixture
def settings(tmp_path, drawn_folder):
    """Two folds."""
    return CrossSettings(
        data=drawn_folder, out=tmp_path / "out", recipe="tutorial", folds=2, overrides=("training.epochs=4",)
    )


@pytest.fixture
def sent(monkeypatch):
    """What was sent to the cluster, which runs nothing, and the numbers of steps of the bar."""
    sent = SimpleNamespace(tasks=[], options=None, cores=None, steps=[], total=None, problem="")

    class Pool:
        def __init__(self, ray, **options):
            sent.options = options

        def run(self, tasks, *, look):
            for task in tasks:
                sent.tasks.append(task)
                folder = task.settings.out / f"fold-{task.number}"
                folder.mkdir(exist_ok=True)
                for epochs in (1, 3, 2):
                    rows = [f"{epoch},0.1" for epoch in range(1, epochs + 1)]
                    (folder / "history.csv").write_text("\n".join(["epoch,loss", *rows]) + "\n")
                    look([task])
                yield TaskOutcome(task, sent.problem if task.number == 2 else "")

    @contextmanager
    def connected(address, *, cores):
        sent.cores = cores
        yield SimpleNamespace(nodes=lambda: [{"Alive": True, "Resources": {"CPU": 4}}])

    @contextmanager
    def progress(title, *, total, unit):
        sent.total = total
        yield sent.steps.append

    monkeypatch.setattr(module, "TaskPool", Pool)
    monkeypatch.setattr(module, "connected", connected)
    monkeypatch.setattr(module, "check_nodes", lambda _: None)
    monkeypatch.setattr(module, "progress", progress)
    return sent


def test_every_fold_is_sent_with_its_share_of_the_cores(settings, sent):
    """Two folds on four cores."""
    assert cross_validate_on_ray(settings, Cluster()) == []

    assert [task.number for task in sent.tasks] == [1, 2]
    assert sent.options == {"cores": 2, "at_once": None}
    assert sent.cores == module.available_cores()


def test_bar_counts_epochs_even_if_a_training_starts_again(settings, sent):
    """It never goes back, and ends at its end."""
    cross_validate_on_ray(settings, Cluster())

    assert sent.total == 8
    assert sent.steps == [1, 2, 0, 1] * 2


def test_log_of_a_training_is_named_before_it_starts(settings, sent, caplog):
    """Its first epoch may be minutes away: it draws signs before."""
    with caplog.at_level("INFO"):
        cross_validate_on_ray(settings, Cluster())

    assert str(settings.out / "fold-1.log") in caplog.text


def test_local_cluster_is_as_large_as_asked_for(settings, sent):
    """Workers times threads."""
    cross_validate_on_ray(settings, Cluster(workers=2, threads=3))

    assert (sent.cores, sent.options) == (6, {"cores": 3, "at_once": 2})


@pytest.mark.parametrize(
    ("cluster", "cores"),
    [(Cluster(threads=3), 3), (Cluster(workers=2), 2), (Cluster(workers=9), 2), (Cluster(workers=9, threads=2), 4)],
)
def test_local_cluster_has_room_for_what_is_asked_for(settings, sent, monkeypatch, cluster, cores):
    """On a machine of one core. A training would else wait for a second one forever."""
    monkeypatch.setattr(module, "available_cores", lambda: 1)
    cross_validate_on_ray(settings, cluster)

    assert sent.cores == cores


def test_finished_folds_are_not_sent(settings, sent, write_cross):
    """Nor those that are not asked for; with nothing to do, no cluster is started."""
    write_cross(settings.out, read_training(settings.data), finished=[1], recipe=settings.overrides)

    assert cross_validate_on_ray(settings, Cluster(), only_fold=1) == []
    assert sent.options is None

    cross_validate_on_ray(settings, Cluster())
    assert [task.number for task in sent.tasks] == [2]


def test_failed_folds_are_returned(settings, sent):
    """With what went wrong."""
    sent.problem = "The loss is no longer finite."

    (failed,) = cross_validate_on_ray(settings, Cluster())

    assert (failed.task.number, failed.problem) == (2, "The loss is no longer finite.")


def test_what_can_be_known_before_is_an_error_before(settings, sent, write_cross):
    """No cluster is started."""
    write_cross(settings.out, read_training(settings.data), recipe=settings.overrides, seed=7)

    with raises(RunError, problem="seed was 7 and is now 0"):
        cross_validate_on_ray(settings, Cluster())
    assert sent.options is None


def test_unreachable_cluster_leaves_nothing(settings):
    """The same folder can be used with other options."""
    pytest.importorskip("ray")
    with raises(ClusterError, problem="No cluster answers"):
        cross_validate_on_ray(settings, Cluster(address="127.0.0.1:9"))

    assert not settings.out.exists()
