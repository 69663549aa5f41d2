"""Charts: numbers become places."""

import pytest

from roadsigns.html_report.charts import Scale, make_chart, nice_ticks


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 1, [0, 0.25, 0.5, 0.75, 1]), (0, 0.0831, [0, 0.025, 0.05, 0.075]), (0, 122, [0, 50, 100]), (3, 3, [3])],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert nice_ticks(low, high) == ticks


def test_points_lie_between_the_axes():
    """The origin is bottom left; what lies outside is moved to the edge."""
    scale = Scale("x", 0, 10, ((0, "0"), (10, "10")))
    chart = make_chart("t", scale, scale, lines=[(((0, 0), (10, 10)), "main", "")], dots=[(5, 20, (0, 10), 3, "five")])

    assert chart.lines[0].points == f"{float(chart.left)},{float(chart.bottom)} {float(chart.right)},{float(chart.top)}"
    dot = chart.dots[0]
    assert (dot.x, dot.y) == ((chart.left + chart.right) / 2, chart.top)
    assert (dot.low, dot.high) == (chart.bottom, chart.top)
