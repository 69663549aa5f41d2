"""Pictures are chosen, dropped or pasted; anything else gets a message."""

import numpy as np
import pytest
from fixtures.page_driver import answer_after, assert_agrees, choose, file_of, hand_over
from PIL import Image


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted(opened, recognizer, drawn_signs, kind):
    """In GTSRB's own format, which no browser reads, and in a common one."""
    pixels, _ = drawn_signs[4]
    file = file_of(pixels, "00001_00012.ppm" if kind == "drop" else "image.png")

    answer = answer_after(opened.page, hand_over, opened.page, kind, file)

    assert_agrees(answer, recognizer.predict_one(pixels, top_k=5))


def test_what_is_not_a_picture_gets_a_message_and_the_current_picture_stays(opened, drawn_signs):
    """Each message names the problem and what to do; the next picture clears it."""
    page = opened.page
    good = file_of(drawn_signs[-1][0])
    kept = answer_after(page, choose, page, good).name
    empty = {"name": "empty.png", "mimeType": "image/png", "buffer": b""}
    text = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"}
    cut = {"name": "cut.ppm", "mimeType": "", "buffer": b"P6 20 20 255\n" + bytes(100)}
    for files, expected in (
        ([text], "“notes.txt” is not a picture"),
        ([empty], "“empty.png” is empty"),
        ([cut], "“cut.ppm” is incomplete"),
        ([{**good, "buffer": good["buffer"][:60]}], "“sign.png” is not a picture"),
        ([file_of(np.zeros((1, 9, 3), np.uint8))], "9 × 1 pixels; it needs at least 2 × 2"),
        ([good, good], "These are 2 files"),
        ([], "That is not a picture"),
    ):
        hand_over(page, "drop", *files)
        page.locator("#error", has_text=expected).wait_for()
        assert page.get_attribute("#error", "role") == "alert"
        assert page.inner_text("#name") == kept

    answer_after(page, choose, page, good)

    assert page.is_hidden("#error")


def test_a_photograph_is_shown_upright(opened, recognizer):
    """The page applies the EXIF orientation before it recognises the picture."""
    pixels = np.zeros((60, 90, 3), np.uint8)
    pixels[:20] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: to be turned by a quarter, clockwise.

    answer = answer_after(opened.page, choose, opened.page, file_of(pixels, "photo.jpg", exif=exif, quality=95))

    assert opened.page.evaluate("[canvas.width, canvas.height]") == [60, 90]
    assert_agrees(answer, recognizer.predict_one(np.rot90(pixels, -1).copy(), top_k=5))
