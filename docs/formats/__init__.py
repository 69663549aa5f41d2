"""The page of file formats. To describe another format, add it to the file of its subject; `page` does the rest.

tests/documents/test_formats.py compares the tables with files that are really written.
"""

from formats import (
    audits,
    calibrations,
    comparisons,
    corruptions,
    cross_validations,
    data_checks,
    evaluations,
    model_metadata,
    parity,
    photographs,
    plans,
    predictions,
    sweeps,
    trainings,
    unknown_images,
    videos,
)

# In the order of the page.
SUBJECTS = (
    *(predictions, photographs, videos),
    *(trainings, evaluations, unknown_images, corruptions),
    *(cross_validations, comparisons, sweeps, calibrations),
    *(data_checks, audits, plans),
    *(parity, model_metadata),
)
FORMATS = tuple(entry for subject in SUBJECTS for entry in subject.FORMATS)
