"""The commands of a plan fit the data, and run as they are printed."""

import shlex
import shutil
from pathlib import Path

import pytest
from fixtures.documents import run_command, without_graphs
from fixtures.sign_folders import write_classes

from roadsigns.dataset_check.planning.plan import plan_data


def commands(data):
    """The command lines as words, without the program."""
    return [shlex.split(one.command)[1:] for one in plan_data(data).commands]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Run folders are looked for in the current folder."""
    monkeypatch.chdir(tmp_path)


def test_few_images_are_fine_tuned(tmp_path):
    """Up to a hundred of a class, in the middle."""
    write_classes(tmp_path / "mine", {"go": 2, "stop": 2})

    assert commands(tmp_path / "mine") == [
        ["check", str(tmp_path / "mine")],
        ["sheet", str(tmp_path / "mine"), "--out", "sheet.png"],
        ["train", "--data", str(tmp_path / "mine"), "--init", "best", "--run", "runs/mine"],
        ["evaluate", "runs/mine", "--data", str(tmp_path / "mine"), "--split", "validation"],
        ["predict", "--model", "runs/mine", str(tmp_path / "mine" / "stop" / "1.png")],
    ]


def test_many_images_train_from_random_weights(tmp_path):
    """On real images alone, since nobody has drawn these classes; the best recipe is named too."""
    write_classes(tmp_path / "mine", {"go": 101, "stop": 102}, side=5)

    trainings = [words for words in commands(tmp_path / "mine") if words[0] == "train"]

    assert [words[words.index("--recipe") + 1] for words in trainings] == ["fast", "best"]
    assert all(words[-1] == "data.train_on=real" for words in trainings)


def test_gtsrb_is_evaluated_with_the_built_in_model_and_not_fine_tuned(drawn_folder):
    """The built-in models were trained on its signs."""
    found = commands(drawn_folder)

    assert ["evaluate", "best", "--data", str(drawn_folder), "--split", "test"] in found
    assert not any("--init" in words or "data.train_on=real" in words for words in found)


def test_signs_of_which_none_can_be_held_out_all_train(tmp_path):
    """And no validation is promised."""
    write_classes(tmp_path / "mine", {"go": 1, "stop": 1})

    found = commands(tmp_path / "mine")

    assert found[2][-2:] == ["--set", "data.split=none"]
    assert not any("validation" in words for words in found)


def test_data_that_cannot_be_trained_are_only_checked(tmp_path):
    """One class."""
    assert commands(write_classes(tmp_path / "mine", {"stop": 3})) == [["check", str(tmp_path / "mine")]]


def test_run_folder_that_exists_is_not_named_again(tmp_path):
    """The training would refuse it."""
    write_classes(tmp_path / "my signs", {"go": 2, "stop": 2})
    (tmp_path / "runs" / "my-signs").mkdir(parents=True)

    assert "runs/my-signs-2" in commands(tmp_path / "my signs")[2]


def test_path_like_an_option_stays_a_path(tmp_path):
    """A folder called -x."""
    write_classes(tmp_path / "-x", {"go": 2, "stop": 2})

    assert commands(Path("-x"))[0] == ["check", "./-x"]


@pytest.mark.filterwarnings("ignore:No image of class", "ignore:There are no drawings", "ignore:No installed font")
@pytest.mark.parametrize("is_archive", [False, True])
def test_every_command_runs_as_printed(is_archive, tmp_path):
    """With names of any language, own splits and a class to test with only, as a folder and as an archive."""
    data = tmp_path / "Straßen & ストップ"
    # Of other sizes, and so of other pixels: copies of images that trained would be refused.
    for split, count, side in (("train", 3, 30), ("val", 1, 31), ("test", 1, 32)):
        classes = {"Straße gesperrt": count, "🚧 'works'": count}
        write_classes(data / split, classes, name=f"{split}{{number}}.png", side=side)
    write_classes(data / "test", {"new": 1}, side=33)
    if is_archive:
        data = shutil.make_archive(data, "zip", data)

    with without_graphs():
        for one in plan_data(tmp_path / data).commands:
            run_command(shlex.split(one.command))

    (run,) = (tmp_path / "runs").iterdir()
    assert {path.name for path in run.glob("evaluation-*")} == {"evaluation-validation", "evaluation-test"}
