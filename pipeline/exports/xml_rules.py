"""Helpers for checks of exports in XML that need no schema."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

from lxml import etree

from pipeline.exports.source import XML_ID


def parse_root(content: bytes, root_name: str) -> etree._Element:
    """Return the root of a file; ``root_name`` is the required one, ``{namespace}name``.

    Raises:
        ValueError: it is not XML, or has another root.
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
    """Yield each element of a file at its end tag.

    Args:
        content: of the file.
        root_name: the required name of the root, ``{namespace}name``.
        cleared: names, without namespace, of elements that are emptied after they were yielded, so
            that memory never holds the whole tree of a long file.

    Raises:
        ValueError: it is not XML, or, after the last element, the root has another name.
    """
    namespace = root_name.partition("}")[0]
    cleared_names = {f"{namespace}}}{name}" for name in cleared}
    nodes = etree.iterparse(
        BytesIO(content), resolve_entities=False, no_network=True, huge_tree=True
    )
    try:
        for _, node in nodes:
            yield node
            if node.tag in cleared_names:
                node.clear()
    except etree.XMLSyntaxError as error:
        msg = f"is not XML: {error}"
        raise ValueError(msg) from error
    _require_root(node, root_name)


def _require_root(root: etree._Element, name: str) -> None:
    if root.tag != name:
        msg = f"begins with {root.tag!r} and not with {name!r}"
        raise ValueError(msg)


def broken_pointers(ids: Iterable[str], targets: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield a sentence for each duplicate id, and for each pointer to an id that does not exist.

    Args:
        ids: of all elements.
        targets: values of pointers by attribute name; a value holds one or more ids.
    """
    counts = Counter(ids)
    yield from (f"two things have the id {name}" for name, count in counts.items() if count > 1)
    for key, values in targets.items():
        names = (pointer.removeprefix("#") for value in values for pointer in value.split())
        yield from (f"{key} leads to {t}, which is not there" for t in names if t not in counts)


def number_attribute(element: etree._Element, key: str) -> float:
    """Return an attribute of an element as a number.

    Raises:
        ValueError: it is missing or not a number.
    """
    try:
        return float(element.get(key, ""))
    except ValueError as error:
        msg = f"{key} of {element.get('ID') or element.get(XML_ID)} is no number"
        raise ValueError(msg) from error
