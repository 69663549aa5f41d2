"""Preparation and network give the same in the browser and in Python."""

import base64

import numpy as np

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.preprocessing.crop_transform import resample
from roadsigns.preprocessing.prepare import Preparation, place

SIZE = 32


GOLDEN = """async ({ cases, ...settings }) => {
  const { prepare } = await import(new URL("page/prepare.js", location));
  const { compute } = await import(new URL("page/recognise.js", location));
  const results = [];
  for (const { rgba, width, height, box } of cases) {
    const data = Uint8ClampedArray.from(atob(rgba), (letter) => letter.charCodeAt(0));
    const sign = box && { x1: box[0], y1: box[1], x2: box[2], y2: box[3] };
    const prepared = prepare({ data, width, height }, sign, settings);
    results.push([[...prepared], [...(await compute(prepared, settings.image_size)).probabilities]]);
  }
  return results;
}"""


def golden_cases(drawn_signs, scene):
    """Drawn signs with and without their boxes, and with defects, a large scene, and noise with boxes anywhere."""
    cases = [(pixels, box) for pixels, sign in drawn_signs for box in (tuple(sign), None)]
    cases += [(scene[0], None), (scene[0][200:, 350:].copy(), (0, 0, 350, 300))]
    rng = np.random.default_rng(1)
    cases += [(with_defects(pixels, rng), tuple(sign)) for pixels, sign in drawn_signs]
    cases += [(with_pairs(48, share=share), (8, 8, 40, 40)) for share in (0.01, 0.1)]
    for _ in range(30):
        height, width = (int(side) for side in rng.integers(2, 120, 2))
        x = np.sort(rng.choice(width + 1, 2, replace=False)).tolist()
        y = np.sort(rng.choice(height + 1, 2, replace=False)).tolist()
        cases.append((rng.integers(0, 256, (height, width, 3), dtype=np.uint8), (x[0], y[0], x[1], y[1])))
    return cases


def with_defects(pixels, rng):
    """The same with salt and pepper in each channel, and a dead row."""
    drawn = rng.random(pixels.shape)
    broken = np.where(drawn < 0.05, 0, np.where(drawn > 0.95, 255, pixels)).astype(np.uint8)
    broken[len(broken) // 2] = 0
    return broken


def with_pairs(side, *, share):
    """Grey, with bright pixels one above the other and a few dark ones: alone, but few so in their columns."""
    rng = np.random.default_rng(2)
    pixels = np.full((side, side, 3), 120, np.uint8)
    pixels[np.repeat(rng.random((side // 2, side)) < share, 2, axis=0)] = 250
    pixels[rng.random((side, side)) < share / 4] = 5
    return pixels


def in_the_browser(page, cases, preparation):
    """Check the page's network inputs against Python's; return its probabilities."""
    sent = [
        {
            "rgba": base64.b64encode(np.dstack([pixels, np.full_like(pixels[:, :, 0], 255)]).tobytes()).decode(),
            "width": pixels.shape[1],
            "height": pixels.shape[0],
            "box": box,
        }
        for pixels, box in cases
    ]

    settings = {"image_size": SIZE, "margin": preparation.margin, "preparation": preparation.name}
    results = page.evaluate(GOLDEN, {"cases": sent, **settings})
    placed = [place(pixels, preparation, box) for pixels, box in cases]
    crops = np.stack([resample(pixels, frame, image_size=SIZE) for pixels, frame in placed])
    prepared = np.array([prepared for prepared, _ in results]).reshape(crops.shape)
    assert np.abs(prepared - crops.astype(int)).max() <= 1
    return np.array([probabilities for _, probabilities in results])


def test_stretched_boxes_are_prepared_as_in_python(phone, drawn_signs, scene):
    """Pixel values differ by at most 1."""
    in_the_browser(phone, golden_cases(drawn_signs, scene), Preparation("stretched-box", SIZE, 0.1))


def test_boxes_are_prepared_and_recognised_as_in_python(phone, recognizer, drawn_signs, scene):
    """Pixel values differ by at most 1, probabilities by at most 0.01, and labels are equal."""
    cases = golden_cases(drawn_signs, scene)

    probabilities = in_the_browser(phone, cases, Preparation("box", SIZE, recognizer.metadata.margin))

    wanted = np.zeros((len(cases), len(GTSRB_CLASSES)))
    predictions = recognizer.predict([pixels for pixels, _ in cases], boxes=[box for _, box in cases], top_k=43)
    for row, prediction in zip(wanted, predictions, strict=True):
        row[[one.class_id for one in prediction.top_k]] = [one.probability for one in prediction.top_k]
    np.testing.assert_allclose(probabilities, wanted, atol=0.01)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), wanted.argmax(axis=1))
