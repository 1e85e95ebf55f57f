"""Find and remove what a PDF viewer runs or opens: scripts, actions, attached files, films.

Links to a place in the document or on the web stay. Whoever opens the file decides about those.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Pdf

from pipeline.wording import escape_unprintable, one_line

FILES = "attached files"
_SCRIPTS = "a script or an action that runs when it is opened"
_LAUNCH = "a link that starts a program, sends a form or runs a script"
_MEDIA = "films, sounds or models"
_XFA = "a form in XFA"
_PORTFOLIO = "a portfolio"
#: kinds of actions, ISO 32000-2, table 201: a viewer asks before it follows others
_ACTIVE_ACTIONS = frozenset([
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/Movie",
    "/Sound", "/RichMediaExecute", "/SetOCGState", "/Hide", "/ResetForm", "/Trans", "/GoTo3DView",
])  # fmt: skip
#: kinds of actions that are active, too, where they run by themselves
_LEAVING_ACTIONS = frozenset(["/URI", "/GoToR", "/Thread"])
_ACTION_KEYS = ("/A", "/PA", "/Next")  #: of what a person clicks on, and of further actions
_MEDIA_ANNOTATIONS = frozenset(["/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"])
_ATTACHMENT = "/FileAttachment"


@dataclass(frozen=True, slots=True)
class ActiveContent:
    """One thing that a viewer may run or open."""

    kind: str  #: for a sentence: the PDF holds …
    remove: Callable[[], None]


def find_active_content(pdf: Pdf) -> Iterator[ActiveContent]:
    """Yield all active content of a document.

    Raises:
        PikepdfError, …: the document is too broken to be walked through.
    """
    yield from _of_catalog(pdf.Root)
    for dictionary in _all_dictionaries(pdf):
        yield from _of_dictionary(dictionary)


def remove_active_content(pdf: Pdf) -> None:
    """Remove all active content of a document; its objects are no longer saved."""
    for found in list(find_active_content(pdf)):
        found.remove()


def attached_names(pdf: Pdf) -> list[str]:
    """Return the names of attached files, each once.

    Raises:
        PikepdfError, …: the document is too broken to be walked through.
    """
    names = dict[str, None]()
    for dictionary in _all_dictionaries(pdf):
        if _is_attached_file(dictionary):
            name = str(dictionary.get("/UF", dictionary.get("/F", "")))
            names[escape_unprintable(one_line(name)) or "a file without a name"] = None
    return list(names)


def _of_catalog(root: Any) -> Iterator[ActiveContent]:
    """Yield what the catalogue of a document holds."""
    names = root.get("/Names")
    if isinstance(names, Dictionary):
        for key, kind in (("/JavaScript", _SCRIPTS), ("/EmbeddedFiles", FILES)):
            if key in names:
                yield _entry(names, key, kind)
    opening = root.get("/OpenAction")
    if isinstance(opening, Dictionary) and _runs(opening, _ACTIVE_ACTIONS | _LEAVING_ACTIONS):
        yield _entry(root, "/OpenAction", _SCRIPTS)
    if "/Collection" in root:
        yield _entry(root, "/Collection", _PORTFOLIO)
    form = root.get("/AcroForm")
    if isinstance(form, Dictionary) and "/XFA" in form:
        yield _entry(form, "/XFA", _XFA)


def _of_dictionary(holder: Any) -> Iterator[ActiveContent]:
    """Yield what a dictionary or a stream holds, without what lies inside its own values."""
    if _is_attached_file(holder):
        yield _entry(holder, "/EF", FILES)
    if _is_list_of_files(holder.get("/AF")):
        yield _entry(holder, "/AF", FILES)
    if _holds_actions(holder.get("/AA")):
        yield _entry(holder, "/AA", _SCRIPTS)
    for key in _ACTION_KEYS:
        if any(_runs(action, _ACTIVE_ACTIONS) for action in _as_list(holder.get(key))):
            yield _entry(holder, key, _LAUNCH)
    if isinstance(holder.get("/Annots"), Array):
        yield from _of_annotations(holder)


def _of_annotations(page: Any) -> Iterator[ActiveContent]:
    """Yield the annotations of a page that are files or films themselves."""
    kinds = {_subtype(annotation) for annotation in page["/Annots"]}
    if _ATTACHMENT in kinds:
        yield _annotations(page, {_ATTACHMENT}, FILES)
    if kinds & _MEDIA_ANNOTATIONS:
        yield _annotations(page, _MEDIA_ANNOTATIONS, _MEDIA)


def _entry(holder: Any, key: str, kind: str) -> ActiveContent:
    def remove() -> None:
        if key in holder:
            del holder[key]

    return ActiveContent(kind, remove)


def _annotations(page: Any, subtypes: Iterable[str], kind: str) -> ActiveContent:
    def remove() -> None:
        page["/Annots"] = Array([one for one in page["/Annots"] if _subtype(one) not in subtypes])

    return ActiveContent(kind, remove)


def _runs(value: object, kinds: Iterable[str]) -> bool:
    """Return whether a value is an action of one of the kinds."""
    return isinstance(value, Dictionary) and str(value.get("/S", "")) in kinds


def _holds_actions(value: object) -> bool:
    """Return whether a value is a dictionary of additional actions, which run by themselves."""
    return isinstance(value, Dictionary) and any(
        isinstance(action, Dictionary) and "/S" in action for action in dict(value.items()).values()
    )


def _is_attached_file(value: object) -> bool:
    """Return whether a value is a file specification with the file itself inside."""
    return isinstance(value, Dictionary) and isinstance(value.get("/EF"), Dictionary)


def _is_list_of_files(value: object) -> bool:
    return any(_is_attached_file(file) for file in _as_list(value))


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, Array) else [value]


def _subtype(annotation: object) -> str:
    return str(annotation.get("/Subtype", "")) if isinstance(annotation, Dictionary) else ""


def _all_dictionaries(pdf: Pdf) -> Iterator[Any]:
    """Yield all dictionaries and streams of a document, each once."""
    for value in pdf.objects:
        yield from nested_dictionaries(value)


def nested_dictionaries(value: object) -> Iterator[Any]:
    """Yield the dictionaries in an object, without referenced ones: ``pdf.objects`` has these."""
    stack = [value]
    while stack:
        current = stack.pop()
        values: list[object] = []
        if isinstance(current, Array):
            values = list(current)
        elif isinstance(current, Dictionary | pikepdf.Stream):
            yield current
            values = [each for _, each in current.items()]
        stack.extend(v for v in values if isinstance(v, pikepdf.Object) and not v.is_indirect)
