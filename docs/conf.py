"""How Sphinx builds the site: `make docs`."""

from roadsigns.version import __version__

project = "roadsigns"
author = "The roadsigns authors"
project_copyright = "2026, the roadsigns authors. Apache-2.0"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]

# Links are those of the Markdown files, so that they also lead somewhere where a forge shows the files.
myst_heading_anchors = 3

# In docstrings, `name` is code.
default_role = "code"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
napoleon_use_ivar = True
napoleon_use_rtype = False

# A reference that leads nowhere is an error (`-n -W`), but for the types of other projects, whose pages are on the net.
# Of our own, these are parts of public values that are described where they stand.
nitpick_ignore_regex = [
    ("py:class", r"(collections\.abc|numpy|os|pathlib|PIL)\..+"),
    ("py:class", r"roadsigns\.(detection\.engine|evaluation|inference\.(decide|engine)|model_files|types)\..+"),
    # In an annotation that is a string.
    ("py:class", r"Path"),
]

html_theme = "furo"
html_title = f"roadsigns {release}"
html_favicon = "../src/roadsigns/page/site/icon.svg"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#00539f", "color-brand-content": "#00539f"},
    "dark_css_variables": {"color-brand-primary": "#7db8f0", "color-brand-content": "#7db8f0"},
}
# A copied session leaves the prompt out.
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
