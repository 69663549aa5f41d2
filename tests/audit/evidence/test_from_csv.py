"""A CSV file of predictions by any network."""

from fixtures.audits import write_cross_validation

from roadsigns.cross_validation.store import fold_file


def test_csv_file_of_any_network_is_read(tmp_path, data, read):
    """In the format of a cross-validation. Only its author knows whether the network has seen the images."""
    cross = write_cross_validation(tmp_path / "cross", data)
    lines = [fold_file(cross, number).read_text().splitlines() for number in (1, 2)]
    (tmp_path / "mine.csv").write_text("\n".join([*lines[0], *lines[1][1:]]) + "\n")

    evidence = read(tmp_path / "mine.csv", data)

    assert len(evidence.samples) == 100
    assert evidence.made_by == "mine.csv"
    assert "has not seen the images" in evidence.notes[0]
