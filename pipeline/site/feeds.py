"""Files of the site for programs: Atom feed (RFC 4287), sitemaps (sitemaps.org), robots.txt."""

from collections.abc import Iterator, Sequence

from lxml import etree

from pipeline.exports.source import element, serialize
from pipeline.site.listing import Listing

_ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"
_SITEMAP_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_FEED_SIZE = 50  #: records in the feed
_SITEMAP_SIZE = 50_000  #: addresses in a sitemap: the limit of the protocol
_EPOCH = "1970-01-01T00:00:00+00:00"


def build_atom_feed(newest: Sequence[Listing], base_url: str, organization: str) -> bytes:
    """Return the feed of the newest records, which are given newest first."""
    root = etree.Element(f"{{{_ATOM_NAMESPACE}}}feed", nsmap={None: _ATOM_NAMESPACE})
    _add_child(root, "title", organization)
    _add_child(root, "id", f"{base_url}/")
    _add_child(root, "updated", newest[0].updated if newest else _EPOCH)
    _add_child(_add_child(root, "author"), "name", organization)
    _add_child(root, "link", rel="self", href=f"{base_url}/atom.xml")
    _add_child(root, "link", rel="alternate", href=f"{base_url}/index.html")
    for listing in newest[:_FEED_SIZE]:
        entry = _add_child(root, "entry")
        _add_child(entry, "title", listing.title)
        _add_child(entry, "id", f"{base_url}/id/{listing.id}/v{listing.version}/")
        _add_child(entry, "updated", listing.updated)
        _add_child(entry, "link", rel="alternate", href=f"{base_url}/id/{listing.id}/")
        facts = [
            listing.date_texts.get("en"),
            listing.reference,
            "withdrawn" if listing.is_withdrawn else "",
        ]
        lines = [" · ".join(filter(None, facts)), listing.summary]
        _add_child(entry, "summary", "\n".join(filter(None, lines)) or listing.title)
    return serialize(root)


def build_robots_txt(base_url: str) -> bytes:
    """Return a robots.txt that allows every robot and names the sitemap."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {base_url}/sitemap.xml\n".encode()


def build_sitemaps(listings: Sequence[Listing], base_url: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of the sitemap, or of its parts and their index if it is too long."""
    shown = [listing for listing in listings if not listing.is_withdrawn]
    parts = [shown[start : start + _SITEMAP_SIZE] for start in range(0, len(shown), _SITEMAP_SIZE)]
    if len(parts) <= 1:
        yield "sitemap.xml", _build_sitemap(shown, base_url)
        return
    index = etree.Element(f"{{{_SITEMAP_NAMESPACE}}}sitemapindex", nsmap={None: _SITEMAP_NAMESPACE})
    for number, part in enumerate(parts, 1):
        name = f"sitemap-{number}.xml"
        sitemap = element(index, f"{{{_SITEMAP_NAMESPACE}}}sitemap")
        element(sitemap, f"{{{_SITEMAP_NAMESPACE}}}loc", f"{base_url}/{name}")
        yield name, _build_sitemap(part, base_url)
    yield "sitemap.xml", serialize(index)


def _build_sitemap(listings: Sequence[Listing], base_url: str) -> bytes:
    root = etree.Element(f"{{{_SITEMAP_NAMESPACE}}}urlset", nsmap={None: _SITEMAP_NAMESPACE})
    for listing in listings:
        url = element(root, f"{{{_SITEMAP_NAMESPACE}}}url")
        element(url, f"{{{_SITEMAP_NAMESPACE}}}loc", f"{base_url}/id/{listing.id}/")
        element(url, f"{{{_SITEMAP_NAMESPACE}}}lastmod", listing.updated)
    return serialize(root)


def _add_child(
    parent: etree._Element, name: str, text: str = "", /, **values: str
) -> etree._Element:
    return element(parent, f"{{{_ATOM_NAMESPACE}}}{name}", text, **values)
