"""What the checks of exports in XML share; they are made where no schema is at hand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

from lxml import etree

from pipeline.exports.source import XML_ID


def parse_root(content: bytes, root_name: str) -> etree._Element:
    """Return the root of a file that has this one, ``{namespace}name``.

    Raises:
        ValueError: it is not XML, or another kind of file.
    """
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        msg = f"is not XML: {error}"
        raise ValueError(msg) from error
    _require_root(root, root_name)
    return root


def iter_elements(content: bytes, root_name: str, *cleared: str) -> Iterator[etree._Element]:
    """Yield each element of a file at its end, so that a long file is never a whole tree.

    Args:
        content: of the file.
        root_name: that its root has, ``{namespace}name``.
        cleared: names without namespace of what a long file has many of: emptied after its turn.

    Raises:
        ValueError: it is not XML, or another kind of file.
    """
    space = root_name.partition("}")[0]
    emptied = {f"{space}}}{piece}" for piece in cleared}
    parsed = etree.iterparse(
        BytesIO(content), resolve_entities=False, no_network=True, huge_tree=True
    )
    try:
        for _, each in parsed:
            yield each
            if each.tag in emptied:
                each.clear()
    except etree.XMLSyntaxError as error:
        msg = f"is not XML: {error}"
        raise ValueError(msg) from error
    _require_root(each, root_name)


def _require_root(root: etree._Element, name: str) -> None:
    if root.tag != name:
        msg = f"begins with {root.tag!r} and not with {name!r}"
        raise ValueError(msg)


def broken_pointers(ids: Iterable[str], targets: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield a sentence for each id that is there twice, and each pointer that leads nowhere.

    Args:
        ids: of all elements.
        targets: by name of an attribute, its values: each leads to one or several.
    """
    there = Counter(ids)
    yield from (f"two things have the id {name}" for name, count in there.items() if count > 1)
    for key, values in targets.items():
        names = (each.removeprefix("#") for value in values for each in value.split())
        yield from (f"{key} leads to {t}, which is not there" for t in names if t not in there)


def number_attribute(element: etree._Element, key: str) -> float:
    """Return an attribute of an element.

    Raises:
        ValueError: it is no number.
    """
    try:
        return float(element.get(key, ""))
    except ValueError as error:
        msg = f"{key} of {element.get('ID') or element.get(XML_ID)} is no number"
        raise ValueError(msg) from error
