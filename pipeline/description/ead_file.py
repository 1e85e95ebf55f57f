"""Reads the components of an EAD file: EAD 2002 and EAD3 (https://www.loc.gov/ead/) alike.

No entity is followed and no DTD is loaded: a finding aid may come from anywhere.
"""

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.description.finding_aid import FindingAidComponent
from pipeline.description.languages import is_language_tag, normalize_language_tag
from pipeline.description.level_descriptions import LevelDescription
from pipeline.description.nested_fields import GivenForm
from pipeline.errors import DescriptionError
from pipeline.wording import one_line

_COMPONENT = re.compile(r"c(?:0[1-9]|1[0-2])?")
_WRAPPERS = {"dsc", "descgrp"}  #: elements between a component and what belongs to it
_NOTES = {"scopecontent", "bioghist", "custodhist", "odd"}
_DATES = ("datesingle", "daterange")
_MAX_DEPTH = 50  #: components within components


def read_ead(content: bytes, file: str) -> FindingAidComponent:
    """Return the outermost component of an EAD file.

    Args:
        content: of the file.
        file: its name in messages.

    Raises:
        DescriptionError: it is no EAD, or names an entity; with the line.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _error(file, error.lineno, f"is no XML: {error.msg}") from error
    for entity in root.iter(etree.Entity):
        problem = f"names {entity.text}, which is not followed. Write the text itself"
        raise _error(file, entity.sourceline or _line(entity.getparent()), problem)
    described = next(_children(root, "archdesc"), None) if _name(root) == "ead" else None
    if described is None:
        raise _error(file, _line(root), "is no EAD: it has no <archdesc> in <ead>")
    deep = next(_deeper(described, 0), None)
    if deep is not None:
        raise _error(file, _line(deep), f"has components more than {_MAX_DEPTH} deep")
    return _component(described, _agency(root))


def _component(node: etree._Element, archive: str = "") -> FindingAidComponent:
    did = next(_children(node, "did"), None)
    parts = list(did) if did is not None else []
    numbers = [text for part in parts if _name(part) == "unitid" and (text := _text(part))]
    names = [text for part in parts if _name(part) == "repository" and (text := _text(part))]
    return FindingAidComponent(
        line=_line(node),
        kind=node.get("otherlevel") or node.get("level") or "",
        number=numbers[0] if numbers else "",
        description=_description(node, parts),
        archive=names[0] if names else archive,
        below=[_component(one) for one in _components_in(node)],
    )


def _description(node: etree._Element, parts: list[etree._Element]) -> LevelDescription:
    titles = [part for part in parts if _name(part) == "unittitle" and _text(part)]
    forms = [(_text(part), _language(part)) for part in titles]
    dates = [text for part in parts for text in _date_texts(part)]
    extents = [text for part in parts if (text := _extent(part))]
    notes = [text for part in parts if _name(part) == "abstract" and (text := _text(part))]
    notes += [text for part in _within(node) if _name(part) in _NOTES and (text := _prose(part))]
    return LevelDescription(
        title=forms[0][0] if forms else None,
        titles=tuple(GivenForm(value=value, language=tag) for value, tag in forms if tag),
        dates="; ".join(dict.fromkeys(dates)) or None,
        extent="; ".join(dict.fromkeys(extents)) or None,
        note="\n\n".join(dict.fromkeys(notes)) or None,
    )


def _date_texts(part: etree._Element) -> Iterator[str]:
    """Yield the dates of a part of ``did`` as people read them."""
    if _name(part) == "unitdate" and (text := _text(part)):
        yield text
    elif _name(part) == "unitdatestructured":
        for date in part.iter():
            if _name(date) in _DATES:
                yield "–".join(filter(None, map(_text, date))) or _text(date)


def _extent(part: etree._Element) -> str:
    if _name(part) == "physdescset":
        return ", ".join(filter(None, map(_extent, part)))
    return _text(part, " ") if _name(part) in {"physdesc", "physdescstructured"} else ""


def _prose(part: etree._Element) -> str:
    """Return the paragraphs of a note, without its heading."""
    paragraphs = [text for one in part.iter() if _name(one) == "p" and (text := _text(one))]
    return "\n\n".join(paragraphs)


def _agency(root: etree._Element) -> str:
    """Return the agency that wrote the finding aid, as far as the header names one."""
    for node in root.iter():
        if _name(node) == "eadid" and node.get("mainagencycode"):
            return str(node.get("mainagencycode"))
        if _name(node) in {"agencycode", "agencyname"} and _text(node):
            return _text(node)
        if _name(node) == "archdesc":
            break
    return ""


def _components_in(node: etree._Element) -> Iterator[etree._Element]:
    return (child for child in _within(node) if _COMPONENT.fullmatch(_name(child)))


def _within(node: etree._Element) -> Iterator[etree._Element]:
    """Yield the children of a component, and those in wrappers."""
    for child in node:
        if _name(child) in _WRAPPERS:
            yield from _within(child)
        else:
            yield child


def _deeper(node: etree._Element, depth: int) -> Iterator[etree._Element]:
    """Yield the components that lie too deep."""
    if depth > _MAX_DEPTH:
        yield node
        return
    for child in _components_in(node):
        yield from _deeper(child, depth + 1)


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in node if _name(child) == name)


def _name(node: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _text(node: etree._Element, between: str = "") -> str:
    """Return the text of an element on one line, with ``between`` its parts."""
    return one_line(between.join(node.itertext()))


def _language(node: etree._Element) -> str | None:
    tag = node.get("lang") or node.get("langcode") or ""
    try:
        normal = normalize_language_tag(tag)
    except ValueError:
        return None
    return normal if is_language_tag(normal) else None


def _line(node: etree._Element | None) -> int:
    return 1 if node is None else int(node.sourceline or 1)


def _error(file: str, line: int | None, problem: str) -> DescriptionError:
    where = f"{file}, line {line or 1}"
    return DescriptionError(f"{where} {problem}.", file=file, line=line or 1, code="bad-ead")
