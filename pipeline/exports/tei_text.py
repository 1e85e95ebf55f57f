"""The namespace of TEI, and the writing of text into its elements.

Elements are made without the namespace, because they are written where it is the default.
"""

from lxml import etree

from pipeline.description.editorial import EditorialKind, editorial_spans
from pipeline.exports.source import element, xml_safe

TEI = "http://www.tei-c.org/ns/1.0"


def add_marked_text(parent: etree._Element, text: str) -> None:
    """Append a text to an element: ``lb`` for each newline, editors' words marked as theirs."""
    last = 0
    for span in editorial_spans(text):
        add_text(parent, text[last : span.start])
        _add_editorial(parent, span.kind, span.text)
        last = span.end
    add_text(parent, text[last:])


def add_text(parent: etree._Element, text: str) -> None:
    """Append a text to an element, with ``lb`` for each newline and no other markup."""
    first, *rest = xml_safe(text).split("\n")
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + first
    else:
        parent.text = (parent.text or "") + first
    for line in rest:
        element(parent, "lb").tail = line


def _add_editorial(parent: etree._Element, kind: EditorialKind, words: str) -> None:
    match kind:
        case "supplied":
            element(parent, "supplied", words)
        case "omission" | "illegible":
            element(parent, "gap", reason="omitted" if kind == "omission" else "illegible")
        case "remark" | "note":
            element(parent, "note", words, type="editorial")
