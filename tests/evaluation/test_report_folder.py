"""Where a report may be written."""

import pytest
from fixtures.errors import raises

from roadsigns.errors import OutputError
from roadsigns.evaluation.report_folder import check_report_folder


@pytest.mark.parametrize("files", [None, [], ["figures.json", "recall.csv"]])
def test_a_new_folder_an_empty_one_and_an_earlier_report_will_do(tmp_path, files):
    folder = tmp_path / "report"
    if files is not None:
        folder.mkdir()
        for name in files:
            (folder / name).touch()

    check_report_folder(folder, [])


@pytest.mark.parametrize("files", [["unknown.csv"], ["figures.json", "recipe.toml"]])
def test_a_folder_with_other_files_is_refused(tmp_path, files):
    """One of the user's, and that of a training, whose figures would be replaced."""
    for name in files:
        (tmp_path / name).touch()

    with raises(
        OutputError, problem="not those of an earlier report", expected="a new or an empty folder", hint="--out"
    ):
        check_report_folder(tmp_path, [])


def test_each_data_folder_is_kept_clean(tmp_path):
    (tmp_path / "signs").mkdir()

    with raises(OutputError, problem="in the data folder"):
        check_report_folder(tmp_path / "signs" / "report", [tmp_path / "others", tmp_path / "signs"])
