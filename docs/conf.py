"""How Sphinx builds the documentation: `make docs`."""

from roadsigns.version import __version__

project = "roadsigns"
author = "The roadsigns authors"
copyright = "2026, the roadsigns authors. Apache-2.0"  # noqa: A001 - Sphinx's name
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.doctest",
    "sphinx_copybutton",
]
exclude_patterns = ["runs/**", "own-signs/**", "pictures/**"]
suppress_warnings = ["myst.xref_missing_anchor"] if False else []

# Links between pages are those of the Markdown files, so that they also work where a forge shows them.
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]
myst_fence_as_directive: set[str] = set()

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"roadsigns {release}"
html_static_path = ["images"]
html_favicon = "../src/roadsigns/page/site/icon.svg"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#00539f", "color-brand-content": "#00539f"},
    "dark_css_variables": {"color-brand-primary": "#7db8f0", "color-brand-content": "#7db8f0"},
    "source_directory": "docs/",
}
# Nothing is asked of another server: fonts and search are local files.
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
