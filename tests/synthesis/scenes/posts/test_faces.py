"""What hangs on posts."""

import numpy as np

from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.rendering import render_design
from roadsigns.synthesis.scenes.posts.faces import FACE_KINDS, advertising, back, board, choose_face, plate
from roadsigns.synthesis.settings import Drawing


def test_faces_of_all_kinds_are_chosen():
    rng = np.random.default_rng(0)
    faces = [choose_face(official_designs(), Drawing(), rng) for _ in range(300)]

    assert {face.kind for face in faces if face.class_id is None} == set(FACE_KINDS)
    known = [face for face in faces if face.class_id is not None]
    assert 0.5 < len(known) / len(faces) < 0.75
    assert all(face.kind == "" and face.name == official_designs().classes[face.class_id].name for face in known)


def test_plates_boards_backs_and_advertising_can_be_drawn():
    """Each shows something, and its corners are transparent."""
    rng = np.random.default_rng(1)
    for choose in (plate, board, back, advertising):
        for _ in range(5):
            face = choose(rng)
            alpha = render_design(face.design, 48)[:, :, 3]
            assert face.class_id is None
            assert face.kind in FACE_KINDS
            assert alpha.max() == 255
            assert alpha[0, 0] == 0
