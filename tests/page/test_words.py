"""The words that say how certain a result is."""

from fixtures.page_driver import answer_after, choose, file_of


def test_a_very_small_picture_gets_a_warning(opened, drawn_signs):
    """It has fewer pixels than any training image."""
    answer = answer_after(opened.page, choose, opened.page, file_of(drawn_signs[0][0][:20, :18]))

    assert "Only 18 × 20 pixels" in answer.notes


def test_words_follow_the_probabilities(opened):
    """Confident, not sure and far from sure; no probability is shown as 0 % or 100 %."""
    ask = """async (shares) => {
      const { certainty, percent } = await import(new URL("page/words.js", location));
      const top = shares.map((probability, index) => ({ probability, name: `sign ${index}` }));
      return [certainty({ top, decision: null }), percent(shares[0]), certainty({ top, decision: "known" })];
    }"""

    assert "can still be wrong" in opened.page.evaluate(ask, [0.95, 0.01])[0]
    assert "may also be “sign 1” (30.0\u00a0%)" in opened.page.evaluate(ask, [0.6, 0.3])[0]
    assert "no sign stands out" in opened.page.evaluate(ask, [0.2, 0.19])[0]
    # Words that a decision bears out.
    assert opened.page.evaluate(ask, [0.95, 0.01])[2].startswith("Confident (95.0")
    assert opened.page.evaluate(ask, [0.4, 0.3])[2].startswith(
        "Taken for this sign, though its probability is only 40.0"
    )
    assert opened.page.evaluate(ask, [1.0, 0.0])[1] == ">\u00a099.9\u00a0%"
    assert opened.page.evaluate(ask, [0.0, 0.0])[1] == "<\u00a00.1\u00a0%"


def test_an_uncertain_sign_is_one_of_its_candidates(opened):
    """All of them, best first: a few in the title, many below it."""
    ask = """async (names) => {
      const { certainty, title } = await import(new URL("page/words.js", location));
      const candidates = names.map((name) => ({ name, probability: 0.2 }));
      const prediction = { top: candidates, decision: "uncertain", candidates };
      return [title(prediction), certainty(prediction)];
    }"""

    few, many = (opened.page.evaluate(ask, list(names)) for names in ("abc", "abcd"))

    assert few[0] == "“a”, “b” or “c”"
    assert few[1].startswith("Uncertain: ")
    assert "“" not in few[1]
    assert many[0] == "One of 4 signs"
    assert "“a”, “b”, “c”, “d”." in many[1]


def test_a_known_score_is_never_certain(opened):
    """Neither 0 nor 1; a model that does not decide has none."""
    ask = """async (prediction) => (await import(new URL("page/words.js", location))).verdict(prediction)"""

    def verdict(decision, score, kind=None):
        return opened.page.evaluate(ask, {"decision": decision, "knownScore": score, "unknownKind": kind})

    assert verdict("known", 1.0) == "Decision: known. Known score: > 0.999999."
    assert verdict("unknown", 0.0, "danger") == "Decision: unknown (danger). Known score: < 0.001."
    assert verdict(None, None) == ""


def test_found_signs_are_counted_by_their_decision(opened):
    """Where the model decides; a single one, and none, have words of their own."""
    ask = """async (decisions) => {
      const { foundWords } = await import(new URL("page/words.js", location));
      return foundWords(decisions.map((decision) => ({ prediction: { decision } })));
    }"""

    def words(*decisions):
        return opened.page.evaluate(ask, list(decisions))

    assert words("known", "unknown", "known") == "3 signs found: 2 known, 1 unknown. Choose one to see more."
    assert words(None, None) == "2 signs found. Choose one to see more."
    assert words("uncertain") == "1 sign found."
    assert words().startswith("No sign found. ")
