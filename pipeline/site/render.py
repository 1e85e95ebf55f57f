"""Pages of the site in HTML: Jinja2 templates, all escaped, nothing fetched from elsewhere.

Every page is there twice: in English from the root of the site, in Russian below ``ru/``.
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
    """Renders templates; the same values give the same bytes."""

    def __init__(self, organization: str, base_url: str) -> None:
        """Keep the name of the organization, and where the site will be served."""
        self._organization = organization
        identity = f"{base_url}\n{organization}"
        self.base_digest = sha256(
            identity.encode() + rendering_inputs()
        ).hexdigest()  #: of all but the values
        self._environment = Environment(
            loader=PackageLoader(_PACKAGE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        base = base_url.rstrip("/")
        self._environment.globals |= {"base_url": base, "served": not base.endswith(".invalid")}
        self._environment.filters |= {
            "slug": slug_of,
            "beside": aligned_paragraphs,
            "language": _language_name,
        }

    def render_pages(self, template: str, path: str, **values: Any) -> Iterator[tuple[str, bytes]]:
        """Yield a page in each language: where it lies below the site's root, and its bytes."""
        made = self._environment.get_template(template)
        for ui, home in zip(UI_LANGUAGES, self.localized_paths(path), strict=True):
            up = "../" * home.count("/")
            names: dict[str, Any] = {
                "ui": ui,
                "t": lambda text, ui=ui: translate(text, ui),
                "organization": self._organization or translate("Reading room", ui),
                "path": path.removesuffix("index.html"),
                "root": up or "./",  # of the site: pictures, files, style
                "home": f"{up}{_language_root(ui)}" or "./",  # of this language
                "others": [
                    (one, f"{up}{_language_root(one)}{path}" or "./")
                    for one in UI_LANGUAGES
                    if one != ui
                ],
            }
            yield home, made.render(names | values).encode()

    @staticmethod
    def localized_paths(path: str) -> tuple[str, ...]:
        """Return where a page lies in each language."""
        return tuple(f"{_language_root(ui)}{path}" for ui in UI_LANGUAGES)

    def render_part(self, template: str, **values: Any) -> Markup:
        """Return what is the same in every language, to be put into pages; it is escaped."""
        return Markup(self._environment.get_template(template).render(**values))


def translate(text: str, ui: str) -> str:
    """Return words of the interface in a language.

    Raises:
        KeyError: nobody has translated them.
    """
    return text if ui == UI_LANGUAGES[0] else _load_translations()[text]


def static_file(name: str) -> bytes:
    """Return a file that the pages need."""
    return (files(_PACKAGE) / "static" / name).read_bytes()


def library_files() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the libraries that the set-up brought, by their place in the site."""
    home = files(_PACKAGE) / "libraries"
    for library in home.iterdir() if home.is_dir() else ():
        for part in library.iterdir():
            if part.name != "integrity":
                yield f"libraries/{library.name}/{part.name}", part.read_bytes()


def rendering_inputs() -> bytes:
    """Return all that pages are made from beside the records: where it changes, all change."""
    room = files(_PACKAGE)
    parts = [*room.iterdir(), *(room / "templates").iterdir()]
    kept = [part for part in parts if part.name.endswith((".py", ".html", ".toml"))]
    return b"".join(part.read_bytes() for part in sorted(kept, key=lambda part: part.name))


def _language_name(tag: str, ui: str) -> str:
    """Return what a language is called in another.

    >>> _language_name("ru", "en"), _language_name("en", "ru")
    ('Russian', 'английский')
    """
    return langcodes.get(tag).display_name(ui)


def _language_root(ui: str) -> str:
    """Return where the pages of a language lie, below the site's root."""
    return "" if ui == UI_LANGUAGES[0] else f"{ui}/"


@cache
def _load_translations() -> dict[str, str]:
    found: dict[str, str] = tomllib.loads((files(_PACKAGE) / "words.toml").read_text("utf-8"))
    return found
