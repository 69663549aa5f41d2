"""The names of signs on a picture stand where there is room."""

ASK = """async ({ box, size, taken, picture }) => {
  const { room } = await import(new URL("page/tags.js", location));
  const area = ([x, y, width, height]) => ({ x, y, width, height });
  const place = room(area(box), { width: size[0], height: size[1] }, taken.map(area), { width: 200, height: 100 });
  return place && [place.x, place.y];
}"""


def place(page, box, *taken, size=(60, 15)):
    """Where a name of this size stands, for a picture of 200x100."""
    return page.evaluate(ASK, {"box": box, "size": size, "taken": [box, *taken]})


def test_a_name_stands_above_its_box(phone):
    """At the right edge it is moved in."""
    assert place(phone, (50, 50, 20, 20)) == [50, 33]
    assert place(phone, (170, 50, 20, 20)) == [140, 33]


def test_a_name_stands_below_or_beside_where_there_is_no_room_above(phone):
    """At the top of the picture, or where another box or name is."""
    assert place(phone, (50, 2, 20, 20)) == [50, 24]
    assert place(phone, (50, 50, 20, 20), (40, 30, 100, 20)) == [50, 72]
    assert place(phone, (50, 50, 20, 20), (40, 30, 100, 20), (40, 70, 100, 20)) == [72, 50]


def test_a_name_without_room_has_no_place(phone):
    """Then its number stands alone."""
    assert place(phone, (0, 0, 200, 100)) is None
    assert place(phone, (50, 50, 20, 20), size=(250, 15)) is None
