"""The interface of sections: what is measured, what is not, and what does not apply."""

from dataclasses import dataclass

from roadsigns.html_report.section import NotMeasured, Section, compute_parts, pictured_by


@dataclass(frozen=True)
class Two:
    pictured: tuple[int, ...] = (4, 2)
    sentence = "Two are shown."

    def as_dict(self):
        return {"shown": 2}


SECTIONS = (
    Section("two", "Two", lambda _: Two()),
    Section("again", "Again", lambda _: Two((2, 7))),
    Section("none", "None", lambda _: None),
    Section("missing", "Missing", lambda _: NotMeasured("There are no boxes.")),
)


def test_sections_are_computed_in_order_and_those_that_do_not_apply_are_left_out():
    done = []

    parts = compute_parts(SECTIONS, 0, done=done.append)

    assert [part.name for part in parts] == ["two", "again", "missing"]
    assert [part.is_measured for part in parts] == [True, True, False]
    assert done == ["Two", "Again", "None", "Missing"]


def test_what_is_not_measured_says_so_in_the_page_and_in_json():
    missing = compute_parts(SECTIONS, 0)[-1]

    assert missing.figures.sentence == "Not measured. There are no boxes."
    assert missing.as_dict() == {
        "title": "Missing",
        "sentence": "Not measured. There are no boxes.",
        "not_measured": "There are no boxes.",
    }


def test_each_picture_is_wanted_once():
    assert pictured_by(compute_parts(SECTIONS, 0)) == [4, 2, 7]
