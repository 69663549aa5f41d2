"""Unknown images and what the tiny model makes of them."""

import pytest
from fixtures.sign_folders import write_classes

from roadsigns.evaluation.rejection.judge import judge_unknown
from roadsigns.evaluation.rejection.unknown_images import unknown_folder
from roadsigns.inference.recognizer import Recognizer


@pytest.fixture(scope="session")
def unknown_signs(tmp_path_factory):
    """Eight images of noise of two kinds. Not to be changed."""
    return write_classes(tmp_path_factory.mktemp("unknown") / "noise", {"zebra": 5, "[b]arrows": 3})


@pytest.fixture(scope="session")
def judgement(evaluation, unknown_signs):
    """The tiny model on the held-out drawn signs and on noise."""
    recognizer = Recognizer.load(evaluation.model_file)
    return judge_unknown(evaluation, recognizer, unknown_folder(unknown_signs, recognizer.classes))
