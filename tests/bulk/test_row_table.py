"""A table whose rows come one by one."""

import io

from rich.console import Console

from roadsigns.bulk.row_table import ROWS, Column, RowTable, console_on


def table_of(rows, *, console=None, widest=40):
    """What is written of rows of two cells."""
    file = io.StringIO() if console is None else console.file
    table = RowTable(console or console_on(file), "path", [Column("name", 12)], widest=widest)
    for row in rows:
        table.add(row)
    table.close()
    return file.getvalue()


def test_header_stands_above_the_first_row_alone():
    """Though rows are shown in parts."""
    lines = table_of([(f"{number}.png", "stop") for number in range(2 * ROWS + 1)]).splitlines()

    assert len(lines) == 2 * ROWS + 2
    assert [line for line in lines if "name" in line] == lines[:1]


def test_rows_are_shown_before_the_last_one_comes():
    """A long run must not keep them."""
    file = io.StringIO()
    table = RowTable(console_on(file), "path", [Column("name", 12)], widest=40)
    for number in range(ROWS):
        table.add((f"{number}.png", "stop"))

    assert f"{ROWS - 1}.png" in file.getvalue()


def test_nothing_is_shown_of_no_rows():
    """Not even a header."""
    assert table_of([]) == ""


def test_row_in_a_file_stays_one_line():
    """However long its path is."""
    path = "folder/" * 100 + "1.png"

    assert path in table_of([(path, "stop")], widest=10_000)


def test_long_path_is_folded_on_a_terminal():
    """No character of it is lost."""
    path = "0123456789" * 6 + ".png"
    console = Console(file=io.StringIO(), width=60, force_terminal=True, color_system=None)

    lines = table_of([(path, "stop")], console=console, widest=30).splitlines()[1:]

    assert len(lines) == 3
    assert "".join(line[:30].strip() for line in lines) == path


def test_line_break_in_a_name_breaks_no_row():
    """Nor do other characters that steer a terminal."""
    assert len(table_of([("a\nb.png", "st\x1b[2Jop")]).splitlines()) == 2
