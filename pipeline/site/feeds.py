"""What machines ask a site for: an Atom feed (RFC 4287), sitemaps (sitemaps.org), robots.txt."""

from collections.abc import Iterator, Sequence

from lxml import etree

from pipeline.exports.source import element, written
from pipeline.site.listing import Listing

_ATOM, _MAP = "http://www.w3.org/2005/Atom", "http://www.sitemaps.org/schemas/sitemap/0.9"
_RECENT = 50  #: records in the feed
_MOST = 50_000  #: addresses in a sitemap, as the protocol has it
_NEVER = "1970-01-01T00:00:00+00:00"


def atom(newest: Sequence[Listing], base: str, house: str) -> bytes:
    """Return the feed of the newest records; ``newest`` is in that order."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _child(root, "title", house)
    _child(root, "id", f"{base}/")
    _child(root, "updated", newest[0].updated if newest else _NEVER)
    _child(_child(root, "author"), "name", house)
    _child(root, "link", rel="self", href=f"{base}/atom.xml")
    _child(root, "link", rel="alternate", href=f"{base}/index.html")
    for one in newest[:_RECENT]:
        entry = _child(root, "entry")
        _child(entry, "title", one.title)
        _child(entry, "id", f"{base}/id/{one.id}/v{one.version}/")
        _child(entry, "updated", one.updated)
        _child(entry, "link", rel="alternate", href=f"{base}/id/{one.id}/")
        said = " · ".join(filter(None, [one.date, one.reference, "withdrawn" if one.gone else ""]))
        _child(entry, "summary", "\n".join(filter(None, [said, one.summary])) or one.title)
    return written(root)


def robots(base: str) -> bytes:
    """Return the file that lets every robot in."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {base}/sitemap.xml\n".encode()


def sitemaps(listings: Sequence[Listing], base: str) -> Iterator[tuple[str, bytes]]:
    """Yield the sitemap, or an index and its parts where one cannot take all addresses."""
    here = [one for one in listings if not one.gone]
    parts = [here[start : start + _MOST] for start in range(0, len(here), _MOST)]
    if len(parts) <= 1:
        yield "sitemap.xml", _sitemap(here, base)
        return
    index = etree.Element(f"{{{_MAP}}}sitemapindex", nsmap={None: _MAP})
    for number, part in enumerate(parts, 1):
        name = f"sitemap-{number}.xml"
        place = element(index, f"{{{_MAP}}}sitemap")
        element(place, f"{{{_MAP}}}loc", f"{base}/{name}")
        yield name, _sitemap(part, base)
    yield "sitemap.xml", written(index)


def _sitemap(listings: Sequence[Listing], base: str) -> bytes:
    root = etree.Element(f"{{{_MAP}}}urlset", nsmap={None: _MAP})
    for one in listings:
        place = element(root, f"{{{_MAP}}}url")
        element(place, f"{{{_MAP}}}loc", f"{base}/id/{one.id}/")
        element(place, f"{{{_MAP}}}lastmod", one.updated)
    return written(root)


def _child(parent: etree._Element, name: str, text: str = "", /, **values: str) -> etree._Element:
    return element(parent, f"{{{_ATOM}}}{name}", text, **values)
