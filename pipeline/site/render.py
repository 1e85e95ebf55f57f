"""Pages of the site in HTML: Jinja2 templates, all escaped, nothing fetched from elsewhere."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_ROOM = "pipeline.site"
STATIC = ("room.css", "room.js")


class Renderer:
    """Renders templates; the same values give the same bytes."""

    def __init__(self, title: str, base_url: str) -> None:
        """Say what the house is called, and where the site will be served."""
        self._environment = Environment(
            loader=PackageLoader(_ROOM),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {"house": title, "base_url": base_url}

    def page(self, template: str, depth: int, **values: Any) -> bytes:
        """Return a page; ``depth`` folders below the root of the site, to which it links."""
        made = self._environment.get_template(template)
        return made.render(root="../" * depth or "./", **values).encode()


def static(name: str) -> bytes:
    """Return a file that the pages need."""
    return (files(_ROOM) / "static" / name).read_bytes()


def fingerprint() -> bytes:
    """Return all that pages are made from beside the records: where it changes, all change."""
    room = files(_ROOM)
    parts = sorted((room / "templates").iterdir(), key=lambda part: part.name)
    return b"".join([part.read_bytes() for part in parts if part.name.endswith(".html")])
