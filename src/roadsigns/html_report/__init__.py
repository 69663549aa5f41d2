"""A report that a person enjoys: one HTML file and its JSON, on a classifier's predictions from whatever source.

From a source to the page:

    sources/  ->  ReportInput  ->  sections/ (one file computes, one template shows)  ->  Report  ->  page.py  ->  files

**To add a section**, write `sections/NAME.py` with a frozen dataclass of figures (`sentence` says in one sentence what
they mean, `as_dict` is their JSON), a function that computes it from a `ReportInput`, and `SECTION = Section(...)`;
write `templates/sections/NAME.html.j2`, which gets the dataclass as `figures`; and name it in `sections/__init__.py`,
whose order is that of the page. What cannot be computed is `NotMeasured("because ...")`, and the page says so; what
does not apply at all, such as subsets of own classes, is None. See `section.py`.

Reports on something else, such as a detector, have an input of their own and a list of sections of their own; all but
`report_input.py` and `sections/` knows nothing of classifiers.
"""
