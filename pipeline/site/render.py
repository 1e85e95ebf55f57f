"""Renders the pages of the site with Jinja2 templates; all values are escaped.

Every page exists twice: in English at the root of the site, in Russian below ``ru/``.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import langcodes
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.site.listing import slug_of
from pipeline.site.views import aligned_paragraphs

_PACKAGE = "pipeline.site"
STATIC = ("site.css", "site.js", "search.js", "references.js")
UI_LANGUAGES = ("en", "ru")  #: of the interface; the first is at the root


class Renderer:
    """Renders templates; equal values give equal bytes."""

    def __init__(self, organization: str, base_url: str, contact: str = "") -> None:
        """Keep organization, address of the site and mail address, and load the templates."""
        self._organization = organization
        identity = f"{base_url}\n{organization}\n{contact}"
        #: Digest of all that pages are rendered from, except the values.
        self.base_digest = sha256(identity.encode() + rendering_inputs()).hexdigest()
        self._environment = template_environment(_PACKAGE)
        base = base_url.rstrip("/")
        self._environment.globals |= {
            "base_url": base,
            "served": not base.endswith(".invalid"),
            "contact": contact,
        }
        self._environment.filters |= {
            "slug": slug_of,
            "beside": aligned_paragraphs,
            "language": _language_name,
        }

    def render_pages(self, template: str, path: str, **values: Any) -> Iterator[tuple[str, bytes]]:
        """Yield a page in each language: its path below the site's root, and its bytes."""
        loaded = self._environment.get_template(template)
        for ui, localized in zip(UI_LANGUAGES, self.localized_paths(path), strict=True):
            up = "../" * localized.count("/")
            names: dict[str, Any] = {
                "ui": ui,
                "t": lambda text, ui=ui: translate(text, ui),
                "organization": self._organization or translate("Reading room", ui),
                "path": path.removesuffix("index.html"),
                "root": up or "./",  # of the site: images, files, style
                "home": f"{up}{_language_root(ui)}" or "./",  # of this language
                "others": [
                    (other, f"{up}{_language_root(other)}{path}" or "./")
                    for other in UI_LANGUAGES
                    if other != ui
                ],
            }
            yield localized, loaded.render(names | values).encode()

    @staticmethod
    def localized_paths(path: str) -> tuple[str, ...]:
        """Return the path of a page in each language."""
        return tuple(f"{_language_root(ui)}{path}" for ui in UI_LANGUAGES)

    def render_part(self, template: str, **values: Any) -> Markup:
        """Render a part of pages that is the same in every language."""
        return Markup(self._environment.get_template(template).render(**values))


def template_environment(package: str) -> Environment:
    """Return what renders the templates of a package; it escapes all values."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def translate(text: str, ui: str, package: str = _PACKAGE) -> str:
    """Return an English text of the interface in a language.

    Args:
        text: in English.
        ui: one of ``UI_LANGUAGES``.
        package: the one with the file ``words.toml``.

    Raises:
        KeyError: ``words.toml`` has no translation.
    """
    return text if ui == UI_LANGUAGES[0] else _load_translations(package)[text]


def static_file(name: str) -> bytes:
    """Return the content of a file in ``static/``."""
    return (files(_PACKAGE) / "static" / name).read_bytes()


def library_files() -> Iterator[tuple[str, bytes]]:
    """Yield path below the site and content of the files of the installed JavaScript libraries."""
    folder = files(_PACKAGE) / "libraries"
    for library in folder.iterdir() if folder.is_dir() else ():
        for file in library.iterdir():
            if file.name != "integrity":
                yield f"libraries/{library.name}/{file.name}", file.read_bytes()


def rendering_inputs() -> bytes:
    """Return code, templates and words of the site: if they change, all pages are built again."""
    package = files(_PACKAGE)
    entries = [*package.iterdir(), *(package / "templates").iterdir()]
    inputs = [entry for entry in entries if entry.name.endswith((".py", ".html", ".toml"))]
    return b"".join(entry.read_bytes() for entry in sorted(inputs, key=lambda entry: entry.name))


def _language_name(tag: str, ui: str) -> str:
    """Return the name of a language in an interface language.

    >>> _language_name("ru", "en"), _language_name("en", "ru")
    ('Russian', 'английский')
    """
    return langcodes.get(tag).display_name(ui)


def _language_root(ui: str) -> str:
    """Return the folder of a language below the site's root, with a slash; empty for the first."""
    return "" if ui == UI_LANGUAGES[0] else f"{ui}/"


@cache
def _load_translations(package: str) -> dict[str, str]:
    words: dict[str, str] = tomllib.loads((files(package) / "words.toml").read_text("utf-8"))
    return words
