"""Every block of code in the documents runs, or says why it does not."""

import pytest
from fixtures.documents import DOCUMENTS, ROOT, RUN, blocks_of, command_lines, run_block, save_block

# Records of what was done, with commands that take hours.
RECORDS = ("docs/experiments", "docs/runs")
PAGES = {
    path.relative_to(ROOT).as_posix(): blocks_of(path)
    for path in DOCUMENTS
    if not path.relative_to(ROOT).as_posix().startswith(RECORDS)
}


@pytest.mark.parametrize("page", [page for page, blocks in PAGES.items() if any(b.language in RUN for b in blocks)])
def test_blocks_of_a_page_run(page, document_folder):
    """In its order, in a folder that holds what the page takes for granted."""
    namespace = {}
    for block in PAGES[page]:
        save_block(block)
        if block.language in RUN and block.reason is None:
            run_block(block, namespace)


def test_blocks_that_do_not_run_say_why():
    """No other reason, and no more of them."""
    reasons = {(block.page, block.reason) for blocks in PAGES.values() for block in blocks if block.reason}

    assert reasons == {
        (
            "docs/explanation/unknown-signs.md",
            "drawing the negatives and training take long; the pages on training and evaluation run the same commands",
        ),
        ("docs/how-to/calibrate.md", "needs models that have learned something"),
        ("docs/how-to/fine-tune.md", "needs more signs than the example has"),
        ("docs/how-to/gpu.md", "needs a GPU"),
        ("docs/how-to/ray.md", "starts a Ray cluster"),
        ("docs/how-to/sweep.md", "needs the sweep above"),
        ("docs/how-to/sweep.md", "starts a Ray cluster"),
        ("docs/how-to/serve.md", "installs, and serves until it is stopped"),
        ("docs/how-to/serve.md", "needs a service"),
        ("docs/how-to/train.md", "needs a training that was stopped"),
        ("docs/how-to/train.md", "takes an hour, and street scenes"),
        ("docs/street.md", "takes an hour, and street scenes"),
        ("docs/how-to/video.md", "needs a video"),
        ("docs/scale.md", "needs the repository and its bench folder"),
    }


def test_every_block_names_its_language():
    """A fence without a language would be run by nobody and coloured at random."""
    bare = [f"{block.page}:{block.line}" for blocks in PAGES.values() for block in blocks if not block.language]

    assert bare == []


def test_shell_blocks_hold_command_lines_of_roadsigns():
    """Each line that runs is one of ours; what is typed at other programs is fenced as text, or marked."""
    for blocks in PAGES.values():
        for block in blocks:
            if block.language == "bash" and block.reason is None:
                assert {words[0] for words in command_lines(block.text)} == {"roadsigns"}, f"{block.page}:{block.line}"
