"""The results of a sweep: what is there, the most accurate setting first."""

import csv
import io
import json
import os
from dataclasses import replace
from itertools import product

import pytest
from fixtures.figures import drawn_words

from roadsigns.cross_validation.metrics import compute_cross_metrics
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.datasets.reader import read_training
from roadsigns.sweep.grid import settings_of
from roadsigns.sweep.picture import draw_sweep
from roadsigns.sweep.results import SweepResult, read_sweep
from roadsigns.sweep.stopped import Stopped, write_stopped
from roadsigns.sweep.table import print_sweep, write_sweep_csv
from roadsigns.types import labelled_image


@pytest.fixture
def finished(sweep, finish):
    """The second rate does better; a quarter of the first one's errors are with seed 3."""
    for number, seed, errors in ((0, 0, 30), (0, 3, 10), (1, 0, 4), (1, 3, 6)):
        finish(number, seed, errors)
    return sweep


@pytest.fixture
def stopped(sweep, finish):
    """The first rate was ended; of the second one, a fold is missing."""
    for seed in (0, 3):
        finish(0, seed, 0, finished=())
    write_stopped(Stopped(2, 8, 0.5), sweep.folder(sweep.grid[0]))
    finish(1, 0, 4)
    finish(1, 3, 6, finished=[1])
    return sweep


def table(result):
    text = io.StringIO()
    print_sweep(result, text)
    return text.getvalue()


VALUES = {
    "training.learning_rate": "0.001,0.003",
    "training.weight_decay": "0.0001,0.001",
    "augmentation.shear_degrees": "5,10",
    "drawing.shear_degrees": "5,10",
    "model.width": "1.0,1.25",
}


@pytest.fixture
def many(finished):
    """As many settings as one likes, with as many keys, all with the same figures."""
    one = read_sweep(finished).settings[0]

    def many(recipes=("fast",), *, keys=None, most=None):
        grid = settings_of(recipes, [f"{key}={values}" for key, values in list(VALUES.items())[:keys]])
        return SweepResult(tuple(replace(one, setting=setting) for setting in grid[:most]), "drawn signs", 2)

    return many


def test_settings_are_in_the_order_of_their_errors_over_all_seeds(finished):
    """Both seeds count."""
    result = read_sweep(finished)

    assert [(one.setting.values["training.learning_rate"], one.errors, one.images) for one in result.settings] == [
        ("0.1", 10, 344),
        ("0.01", 40, 344),
    ]
    assert [one.state for one in result.settings] == ["finished"] * 2
    assert result.is_complete
    assert result.same_images
    best = result.settings[0].seeds
    assert [(seed.seed, seed.errors, seed.folds) for seed in best] == [(0, 4, (1, 2)), (3, 6, (1, 2))]


def test_a_track_counts_once_however_many_seeds_read_it(finished, sweep):
    """So the interval of two seeds that read alike is as wide as that of one."""
    one = read_sweep(finished).settings[1]
    alone = compute_cross_metrics(read_cross_validation(sweep.cell(sweep.grid[0], 0).out)).metrics.interval

    interval = one.seeds[0].error_rate_interval
    assert (interval.low, interval.high) == (1 - alone.high, 1 - alone.low)
    # Twice the images, but hardly more signs.
    assert one.error_rate_interval.effective_images < 1.5 * alone.effective_images


def test_an_image_without_a_track_counts_once_too(sweep, write_cross):
    """Two seeds that misread the same images know no more than one; the unit is the image."""
    data = read_training(sweep.data)
    data = replace(data, samples=tuple(replace(sample, track=None) for sample in data.samples))
    misread = [labelled_image(sample).image for sample in data.samples[:30]]
    for setting, seed in product(sweep.grid, (0, 3)):
        cell = sweep.cell(setting, seed)
        cell.out.parent.mkdir(parents=True, exist_ok=True)
        write_cross(cell.out, data, misread=misread, seed=seed, recipe=cell.overrides)
    one = read_sweep(sweep).settings[0]

    alone = one.seeds[0].error_rate_interval
    assert (one.error_rate_interval.unit, alone.unit) == ("image", "image")
    assert one.error_rate_interval.effective_images == pytest.approx(alone.effective_images, rel=0.01)
    assert one.error_rate_interval.low == pytest.approx(alone.low, rel=0.01)


def test_interval_in_json_is_that_of_the_error_rate_beside_it(finished):
    """Of the setting, and of each seed."""
    best = read_sweep(finished).as_dict()["settings"][0]

    for one in (best, *best["seeds"]):
        assert one["error_rate"] == one["errors"] / one["images"]
        assert one["error_rate_interval"]["low"] < one["error_rate"] < one["error_rate_interval"]["high"]
        assert "interval" not in one
    assert best["values"] == {"training.learning_rate": "0.1"}


def test_what_was_ended_or_is_missing_is_told(stopped):
    """In the table, and in the JSON."""
    result = read_sweep(stopped)
    values = json.loads(json.dumps(result.as_dict(), allow_nan=False))

    assert [one["state"] for one in values["settings"]] == ["unfinished", "stopped"]
    assert values["settings"][1]["stopped_after_epoch"] == 2
    assert values["settings"][1]["error_rate"] is None
    assert (values["complete"], values["same_images"]) == (False, True)
    words = table(result)
    assert "PARTIAL: 1 fold is not finished.\n" in words
    assert "Ended after epoch 2 of 8, with 50.00 % of the validation images misread: tutorial" in words
    assert "3 of 4" in words
    assert "0 of 4" in words


def test_errors_of_different_folds_are_said_to_be_of_different_images(finished, finish, sweep):
    """Else one would compare them."""
    (sweep.cell(sweep.grid[0], 0).out / "fold-2.csv").unlink()

    assert "not of the same images" in table(read_sweep(finished))


def test_only_one_fold_is_looked_at_if_only_one_is_asked_for(finished):
    """The other one may be there from before."""
    result = read_sweep(replace(finished, only_fold=1))

    assert [one.state for one in result.settings] == ["finished"] * 2
    assert [seed.folds for seed in result.settings[0].seeds] == [(1,), (1,)]


def test_one_fold_alone_is_called_partial(finished, tmp_path, monkeypatch):
    """In the table, the picture and the JSON: its errors are not those of all images."""
    result = read_sweep(replace(finished, only_fold=1))
    values = result.as_dict()

    assert "PARTIAL: only fold 1 of 2.\n" in table(result)
    assert "2 of 4" in table(result)
    assert (values["complete"], values["all_folds"], values["only_fold"]) == (False, 2, 1)
    with drawn_words(monkeypatch) as words:
        draw_sweep(result, tmp_path / "a.png")
    assert any("PARTIAL: only fold 1 of 2" in text for text in words.texts)
    assert words.overlapping() == []
    assert words.cut_off() == []
    assert "PARTIAL" not in table(read_sweep(finished))


def test_the_best_of_several_is_said_to_be_flattered(finished, sweep):
    """Of one alone there is nothing to choose."""
    assert "The best of several settings" in table(read_sweep(finished))
    assert "The best of several" not in table(read_sweep(replace(sweep, grid=sweep.grid[:1])))


@pytest.mark.parametrize("width", [80, 200])
def test_table_shows_whole_values_at_any_width(many, monkeypatch, width):
    """In columns, or where there is no room for them, in lines; keys that end alike are told apart."""
    monkeypatch.setenv("COLUMNS", str(width))
    words = table(many(most=3))

    assert max(map(len, words.splitlines()[:-1])) <= width
    assert "…" not in words
    for word in ("learning_rate", "weight_decay", "augmentation.shear_degrees", "drawing.shear_degrees", "0.0001"):
        assert word in words
    assert ("learning_rate=0.001" in words) == (width == 80)
    assert words.count("fast") == 3


def test_csv_has_a_line_for_each_setting_and_seed(stopped, tmp_path):
    """Empty where there is nothing."""
    write_sweep_csv(read_sweep(stopped), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert [(row["state"], row["seed"], row["folds"], row["errors"]) for row in rows] == [
        ("unfinished", "0", "2", "4"),
        ("unfinished", "3", "1", rows[1]["errors"]),
        ("stopped", "0", "0", ""),
        ("stopped", "3", "0", ""),
    ]
    assert float(rows[0]["error_rate_low"]) < 4 / 172 < float(rows[0]["error_rate_high"])


def test_csv_has_folders_whose_names_are_no_utf8(stopped, tmp_path):
    """Their bytes are as they were."""
    result = read_sweep(stopped)
    first = result.settings[0]
    seeds = tuple(replace(seed, folder=os.fsdecode(b"stra\xdfe")) for seed in first.seeds)

    write_sweep_csv(replace(result, settings=(replace(first, seeds=seeds),)), tmp_path / "a.csv")

    assert b",stra\xdfe\r\n" in (tmp_path / "a.csv").read_bytes()


def test_csv_has_a_column_for_the_recipe_and_each_varied_key(stopped, tmp_path):
    """So that nobody takes names of settings apart."""
    write_sweep_csv(read_sweep(stopped), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert list(rows[0])[:4] == ["setting", "recipe", "training.learning_rate", "state"]
    assert [(row["recipe"], row["training.learning_rate"]) for row in rows] == [
        *[("tutorial", "0.1")] * 2,
        *[("tutorial", "0.01")] * 2,
    ]


def test_picture_shows_every_setting_that_has_errors(finished, tmp_path, monkeypatch):
    """No words stand on others."""
    with drawn_words(monkeypatch) as words:
        draw_sweep(read_sweep(finished), tmp_path / "a.png")

    assert {"tutorial, learning_rate=0.1", "tutorial, learning_rate=0.01"} <= set(words.texts)
    assert words.overlapping() == []
    assert words.cut_off() == []


@pytest.mark.parametrize("recipes", [["fast"], ["a" * 100, "W" * 100, "ü$mlaut " * 12, "x_{y}^{2}$" * 10]])
def test_picture_tells_settings_apart_by_their_whole_names(many, tmp_path, monkeypatch, recipes):
    """Of many keys, or of a hundred letters."""
    with drawn_words(monkeypatch) as words:
        draw_sweep(many([f"{name}.toml" for name in recipes], keys=4, most=10), tmp_path / "a.png")

    names = [text for text in words.texts if "learning_rate" in text]
    assert len(set(names)) == 10
    assert not any("…" in name for name in names)
    assert words.overlapping() == []
    assert words.cut_off() == []


def test_picture_of_very_many_settings_has_the_best(many, tmp_path, monkeypatch):
    """And says so."""
    with drawn_words(monkeypatch) as words:
        draw_sweep(many([f"r{number}" for number in range(300)], keys=0), tmp_path / "a.png")

    assert "The best 200 of 300 settings on drawn signs" in words.texts
    assert "r199" in words.texts
    assert "r200" not in words.texts
    assert words.overlapping() == []
