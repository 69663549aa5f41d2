"""The text of a plan is short, and its commands can be copied."""

from io import StringIO

from fixtures.sign_folders import write_classes

from roadsigns.dataset_check.planning.plan import plan_data
from roadsigns.dataset_check.planning.table import SHOWN_PASSED_OVER, print_plan


def printed(data):
    file = StringIO()
    print_plan(plan_data(data), file)
    return file.getvalue()


def test_text_says_what_is_there_what_is_doubtful_and_what_to_do(tmp_path):
    """In this order; without a doubt there is no such heading."""
    data = write_classes(tmp_path / "mine", {"go": 12, "few": 3, "stop": 10}, name="{number}_0.png")
    text = printed(data)

    assert text.splitlines()[0] == f"{data}, one folder per class"
    assert "25 images of 3 classes" in text
    assert "go (12), stop (10), few (3)" in text
    assert "few (3), stop (10), go (12)" in text
    assert text.index("Boxes") < text.index("\nDoubtful\n") < text.index("\nNext\n")
    assert "\nDoubtful\n" not in printed(write_classes(tmp_path / "b", {"a": 10, "b": 10}, name="{number}_0.png"))


def test_command_is_one_line_however_long(tmp_path):
    """A command that is broken over two lines is two commands."""
    data = write_classes(tmp_path / ("long " * 30).strip(), {"go": 2, "stop": 2})

    lines = [line.strip() for line in printed(data).splitlines()]

    assert f"roadsigns check '{data}'" in lines


def test_data_that_cannot_be_trained_say_so(tmp_path):
    """With the reason alone below; what is only doubtful stands apart."""
    text = printed(write_classes(tmp_path, {"stop": 3}))

    reasons, _, doubts = text.partition("\nDoubtful\n")
    assert "3 images of 1 class" in text
    assert "- Only one class has images" in reasons.partition("\nThis cannot be trained yet\n")[2]
    assert "Fewer than 10" not in reasons
    assert "- No track is known" in doubts


def test_long_list_of_what_is_passed_over_is_cut(tmp_path):
    """The number of the rest is told."""
    data = write_classes(tmp_path, {f"sign {number}": 1 for number in range(SHOWN_PASSED_OVER + 3)})
    for folder in data.iterdir():
        (folder / "x.heic").touch()

    text = printed(data)

    assert text.count(".heic file") == SHOWN_PASSED_OVER
    assert "and 3 places more" in text


def test_names_cannot_control_the_terminal(tmp_path):
    """Escape sequences in folder names are not printed."""
    assert "\x1b" not in printed(write_classes(tmp_path, {"\x1b[31mred": 2, "stop": 2}))
