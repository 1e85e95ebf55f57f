"""What the parts of a TEI file share: its namespace, and how a text goes into an element.

Elements are made without the namespace: they are written where it is the default.
"""

from lxml import etree

from pipeline.description.editorial import Kind, editorial
from pipeline.exports.source import element, writable

TEI = "http://www.tei-c.org/ns/1.0"


def fill(parent: etree._Element, text: str) -> None:
    """Put in a text: a line beginning for every newline, editors' words marked as theirs."""
    last = 0
    for span in editorial(text):
        append(parent, text[last : span.start])
        _editor(parent, span.kind, span.words)
        last = span.end
    append(parent, text[last:])


def append(parent: etree._Element, text: str) -> None:
    """Put in a text as it is: a line beginning for every newline."""
    first, *rest = writable(text).split("\n")
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + first
    else:
        parent.text = (parent.text or "") + first
    for line in rest:
        element(parent, "lb").tail = line


def _editor(parent: etree._Element, kind: Kind, words: str) -> None:
    match kind:
        case "supplied":
            element(parent, "supplied", words)
        case "omission" | "illegible":
            element(parent, "gap", reason="omitted" if kind == "omission" else "illegible")
        case "remark" | "note":
            element(parent, "note", words, type="editorial")
