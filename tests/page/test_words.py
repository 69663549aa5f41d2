"""The words that say how certain a result is."""

from fixtures.page_driver import answer_after, choose, file_of


def test_a_very_small_picture_gets_a_warning(opened, drawn_signs):
    """It has fewer pixels than any training image."""
    answer = answer_after(opened.page, choose, opened.page, file_of(drawn_signs[0][0][:20, :18]))

    assert "Only 18 × 20 pixels" in answer.notes


def test_words_follow_the_probabilities(opened):
    """Confident, uncertain and very uncertain; no probability is shown as 0 % or 100 %."""
    ask = """async (shares) => {
      const { certainty, percent } = await import(new URL("page/words.js", location));
      const top = shares.map((probability, index) => ({ probability, name: `sign ${index}` }));
      return [certainty(top), percent(shares[0])];
    }"""

    assert "can still be wrong" in opened.page.evaluate(ask, [0.95, 0.01])[0]
    assert "may also be “sign 1” (30.0\u00a0%)" in opened.page.evaluate(ask, [0.6, 0.3])[0]
    assert "no sign stands out" in opened.page.evaluate(ask, [0.2, 0.19])[0]
    assert opened.page.evaluate(ask, [1.0, 0.0])[1] == ">\u00a099.9\u00a0%"
    assert opened.page.evaluate(ask, [0.0, 0.0])[1] == "<\u00a00.1\u00a0%"
