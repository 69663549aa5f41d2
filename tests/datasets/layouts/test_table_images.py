"""The images that a table names."""

from roadsigns.datasets.layouts.table_images import images_of_table


def test_images_of_a_table_lie_where_it_says(tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("path,label\nimg\\a.png,stop\nb.png,stop\n")

    assert images_of_table(table) == [tmp_path / "img/a.png", tmp_path / "b.png"]


def test_what_is_no_table_names_no_images(tmp_path):
    (tmp_path / "bad.csv").write_text("x,y\n1,2\n")

    for data in (tmp_path, tmp_path / "bad.csv", tmp_path / "gone.csv"):
        assert images_of_table(data) == []
