"""What machines ask a site for: an Atom feed (RFC 4287), sitemaps (sitemaps.org), robots.txt."""

from collections.abc import Iterator, Sequence

from lxml import etree

from pipeline.exports.source import element, serialize
from pipeline.site.listing import Listing

_ATOM_NAMESPACE, _SITEMAP_NAMESPACE = (
    "http://www.w3.org/2005/Atom",
    "http://www.sitemaps.org/schemas/sitemap/0.9",
)
_FEED_SIZE = 50  #: records in the feed
_SITEMAP_SIZE = 50_000  #: addresses in a sitemap, as the protocol has it
_EPOCH = "1970-01-01T00:00:00+00:00"


def build_atom_feed(newest: Sequence[Listing], base_url: str, organization: str) -> bytes:
    """Return the feed of the newest records; ``newest`` is in that order."""
    root = etree.Element(f"{{{_ATOM_NAMESPACE}}}feed", nsmap={None: _ATOM_NAMESPACE})
    _add_child(root, "title", organization)
    _add_child(root, "id", f"{base_url}/")
    _add_child(root, "updated", newest[0].updated if newest else _EPOCH)
    _add_child(_add_child(root, "author"), "name", organization)
    _add_child(root, "link", rel="self", href=f"{base_url}/atom.xml")
    _add_child(root, "link", rel="alternate", href=f"{base_url}/index.html")
    for one in newest[:_FEED_SIZE]:
        entry = _add_child(root, "entry")
        _add_child(entry, "title", one.title)
        _add_child(entry, "id", f"{base_url}/id/{one.id}/v{one.version}/")
        _add_child(entry, "updated", one.updated)
        _add_child(entry, "link", rel="alternate", href=f"{base_url}/id/{one.id}/")
        said = " · ".join(
            filter(None, [one.date, one.reference, "withdrawn" if one.is_withdrawn else ""])
        )
        _add_child(entry, "summary", "\n".join(filter(None, [said, one.summary])) or one.title)
    return serialize(root)


def build_robots_txt(base_url: str) -> bytes:
    """Return the file that lets every robot in."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {base_url}/sitemap.xml\n".encode()


def build_sitemaps(listings: Sequence[Listing], base_url: str) -> Iterator[tuple[str, bytes]]:
    """Yield the sitemap, or an index and its parts where one cannot take all addresses."""
    here = [one for one in listings if not one.is_withdrawn]
    parts = [here[start : start + _SITEMAP_SIZE] for start in range(0, len(here), _SITEMAP_SIZE)]
    if len(parts) <= 1:
        yield "sitemap.xml", _build_sitemap(here, base_url)
        return
    index = etree.Element(f"{{{_SITEMAP_NAMESPACE}}}sitemapindex", nsmap={None: _SITEMAP_NAMESPACE})
    for number, part in enumerate(parts, 1):
        name = f"sitemap-{number}.xml"
        place = element(index, f"{{{_SITEMAP_NAMESPACE}}}sitemap")
        element(place, f"{{{_SITEMAP_NAMESPACE}}}loc", f"{base_url}/{name}")
        yield name, _build_sitemap(part, base_url)
    yield "sitemap.xml", serialize(index)


def _build_sitemap(listings: Sequence[Listing], base_url: str) -> bytes:
    root = etree.Element(f"{{{_SITEMAP_NAMESPACE}}}urlset", nsmap={None: _SITEMAP_NAMESPACE})
    for one in listings:
        place = element(root, f"{{{_SITEMAP_NAMESPACE}}}url")
        element(place, f"{{{_SITEMAP_NAMESPACE}}}loc", f"{base_url}/id/{one.id}/")
        element(place, f"{{{_SITEMAP_NAMESPACE}}}lastmod", one.updated)
    return serialize(root)


def _add_child(
    parent: etree._Element, name: str, text: str = "", /, **values: str
) -> etree._Element:
    return element(parent, f"{{{_ATOM_NAMESPACE}}}{name}", text, **values)
