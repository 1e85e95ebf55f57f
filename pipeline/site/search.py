"""The search index of the site: static files written by Pagefind (https://pagefind.app).

Each leaf is a document, and so is the description of each record. The documents are stored as
small HTML pages in ``.opis``, from which the index can be built again. A whole index takes
Pagefind seconds for a thousand records, so records that changed go into a second index as long as
that is small; ``newer.json`` lists the records of the first index that are stale.

Pagefind strips diacritics before it stems: it would find no stem in a Russian word that ends in й,
and take война for воина. So documents hold Russian words as their stems, with a letter without a
diacritic for й, and е for ё; search.js does the same with queries. Pagefind stems the English
words. A leaf is also found by the title of its record, and by what is suggested for its doubtful
words: that follows its text. The text shown for a result is in ``found.json`` beside the page of
the document, with the position of the word that each suggestion is for.
"""

import json
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path

from pagefind_bin import get_executable

from pipeline.doubt.outer_marks import without_marks
from pipeline.doubt.suggested_text import suggested_words, with_suggestions
from pipeline.exports.source import page_label
from pipeline.record.record import Record, RecordPage
from pipeline.references.reference_query import bare_value
from pipeline.repository.word_stems import fold_word, stem_of
from pipeline.site.file_list import read_digests, replace_folder, write_digests, write_file
from pipeline.site.listing import BuildState, Listing, leaf_folder
from pipeline.wording import one_line

#: The second index takes up to this number of records, or this share of all if that is more.
_MAX_CHANGED, _MAX_CHANGED_SHARE = 50, 0.05
_CYRILLIC = re.compile("[\u0400-\u04ff]+")
#: Files of Pagefind's own interface, which the site does not use.
_UNUSED_FILES = ("pagefind-*ui.*", "pagefind-highlight.js")
_MAIN_INDEX, _NEWER_INDEX = "pagefind", "pagefind-newer"


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """A document of the search index."""

    name: str  #: folder of the leaf, or ``record``
    label: str  #: of the leaf; empty for the record
    text: str  #: on one line, so that a word has one position in the index and in ``found.json``
    suggested: tuple[tuple[int, str], ...] = ()  #: position of a word, and what is suggested for it


def search_documents(record: Record) -> Iterator[SearchDocument]:
    """Yield the documents of a record; for a withdrawn one only its title."""
    texts = [record.name, *(form.value for form in record.titles)]
    if record.status == "withdrawn":
        yield SearchDocument("record", "", one_line(record.name))
        return
    texts += [reference.normal or reference.as_cited for reference in record.references]
    texts += [name.as_given for name in record.names]
    texts += [form.value for name in record.names for form in name.forms]
    texts += [record.summary or "", record.note or "", record.document_type or ""]
    texts += [*record.subjects, record.collection or ""]
    texts += [translation.text for translation in record.translations]
    yield SearchDocument("record", "", one_line("\n".join(filter(None, dict.fromkeys(texts)))))
    for page in record.pages:
        if page.reading_text.strip():
            text, suggested = one_line(page.reading_text), tuple(_suggestions(page))
            yield SearchDocument(leaf_folder(page), page_label(page), text, suggested)


def _suggestions(page: RecordPage) -> Iterator[tuple[int, str]]:
    """Yield the positions of words of the reading text, with what is suggested for them."""
    words = suggested_words(page.corrected_text, page.doubts or ())
    text = one_line(page.reading_text)
    pairs = zip(text.split(" "), with_suggestions(text, words).split(" "), strict=True)
    for place, (before, after) in enumerate(pairs):
        if before != after:
            yield place, without_marks(after)


class SearchIndex:
    """The search index of a site, and the documents that it is built from."""

    def __init__(self, site: Path, work: Path) -> None:
        """Keep the folder of the site, and the work folder for documents and state."""
        self._site, self._documents = site, work / "site-search"
        self._state = work / "site-search.json"

    def store_documents(self, listing: Listing, record: Record, home: Path) -> str:
        """Store the documents of a record in place of its earlier ones; return their digest.

        Also write ``found.json`` for each into the folder of the record's pages, ``home``.
        """
        folder, digest = self._documents / listing.id, sha256()
        shutil.rmtree(folder, ignore_errors=True)
        for document in search_documents(record):
            page = _document_page(listing, document).encode()
            digest.update(page)
            write_file(folder / f"{document.name}.html", page)
            page_folder = home / document.name if document.label else home
            write_file(page_folder / "found.json", _result_json(listing, document))
        return digest.hexdigest()

    def write(self, states: Mapping[str, BuildState]) -> None:
        """Write the whole index of these records, or only the second one if few changed."""
        indexed = read_digests(self._state)
        current = {record_id: state.search_digest for record_id, state in states.items()}
        changed = [name for name in current if indexed.get(name) != current[name]]
        stale = [name for name in indexed if indexed[name] != current.get(name)]
        for name in {path.name for path in self._documents.glob("*")} - current.keys():
            shutil.rmtree(self._documents / name, ignore_errors=True)
        limit = max(_MAX_CHANGED, _MAX_CHANGED_SHARE * len(current))
        if not current:  # Pagefind makes no index of nothing
            shutil.rmtree(self._site / _MAIN_INDEX, ignore_errors=True)
        elif not (self._site / _MAIN_INDEX).is_dir() or len({*changed, *stale}) > limit:
            self._run_pagefind(self._documents, _MAIN_INDEX)
            write_digests(self._state, current)
            changed, stale = [], []
        self._index_changed(changed)
        newer = {"empty": not current, "newer": bool(changed), "stale": sorted(stale)}
        write_file(self._site / "search" / "newer.json", json.dumps(newer).encode())
        self._write_references(state.listing for state in states.values())

    def _index_changed(self, changed: list[str]) -> None:
        if not changed:
            shutil.rmtree(self._site / _NEWER_INDEX, ignore_errors=True)
            return
        folder = self._documents.with_name(".site-search.newer")
        shutil.rmtree(folder, ignore_errors=True)
        for name in changed:
            shutil.copytree(self._documents / name, folder / name)
        self._run_pagefind(folder, _NEWER_INDEX)
        shutil.rmtree(folder)

    def _run_pagefind(self, pages: Path, name: str) -> None:
        """Index a folder of documents with Pagefind.

        Raises:
            OSError: Pagefind fails; with its output.
        """
        partial = self._site / f".{name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        command = [get_executable(), "--site", pages, "--output-path", partial, "--quiet"]
        result = subprocess.run(command, check=False, capture_output=True, text=True)
        if result.returncode:
            msg = f"the search index cannot be made: {(result.stderr or result.stdout).strip()}"
            raise OSError(msg)
        for pattern in _UNUSED_FILES:
            for unused in partial.glob(pattern):
                unused.unlink()
        replace_folder(partial, self._site / name)

    def _write_references(self, listings: Iterable[Listing]) -> None:
        """Write the references of all records, a file for each fond, for looking up a reference."""
        rows_by_file: dict[str, list[object]] = defaultdict(list)
        for listing in sorted(listings, key=lambda each: each.id):
            leaves = listing.leaves
            for ref in listing.places:
                row = [listing.id, listing.title, ref.archive, ref.path, ref.leaves, leaves]
                rows_by_file[fond_file(ref.path[0][1])].append(row)
        folder = self._site / "search" / "places"
        for name in {path.name for path in folder.glob("*.json")} - rows_by_file.keys():
            (folder / name).unlink()
        for name, rows in rows_by_file.items():
            write_file(folder / name, json.dumps(rows, ensure_ascii=False).encode())


def fond_file(fond: str) -> str:
    """Return the name of the index file for a fond number, of whatever archive.

    >>> fond_file("R-5446"), fond_file("0129"), fond_file("Г/1")
    ('r5446.json', '129.json', 'g1.json')
    """
    return f"{bare_value(fond) or 'other'}.json"


def _review_state(listing: Listing) -> str:
    if listing.status != "machine":
        return listing.status
    return "yes" if listing.needs_review else "no"


def _document_page(listing: Listing, document: SearchDocument) -> str:
    """Return a document as the HTML page that Pagefind indexes."""
    filters = [
        ("archive", listing.levels[0][1] if listing.levels else ""),
        ("fond", _fond_label(listing)),
        ("year", listing.year),
        ("language", listing.language or ""),
        *(("person", name) for name in listing.people),
        ("review", _review_state(listing)),
    ]
    rows = [_hidden_element("filter", key, value) for key, value in filters if value]
    if document.label:
        context = " ".join(
            filter(None, (listing.title, listing.reference, *listing.date_texts.values()))
        )
        rows.append(_hidden_element("meta", "context", stem_text(context)))
    text = " ".join([document.text, *(word for _, word in document.suggested)])
    return (
        f'<!doctype html><html lang="en"><title>.</title><body data-pagefind-body>'
        f"{''.join(rows)}<p>{escape(stem_text(text))}</p></body></html>\n"
    )


def _result_json(listing: Listing, document: SearchDocument) -> bytes:
    result = {
        "title": listing.title,
        "leaf": document.label,
        "date": listing.date_texts,
        "reference": listing.reference,
        "text": document.text,
        "suggested": document.suggested,
    }
    return json.dumps(result, ensure_ascii=False).encode()


def stem_text(text: str) -> str:
    """Return a text as indexed: in lower case, Cyrillic words as their stems (Snowball).

    search.js does the same with queries.

    >>> stem_text("Ещё телеграммой: «Война» и Mao.")
    'ещ телеграмм: «војн» и mao.'
    """
    return _CYRILLIC.sub(lambda word: stem_of(word[0]), fold_word(text)).replace("й", "ј")


def _hidden_element(kind: str, key: str, value: str) -> str:
    return f'<i data-pagefind-{kind}="{key}[data-value]" data-value="{escape(value)}"></i>'


def _fond_label(listing: Listing) -> str:
    names = [name for _, name in listing.levels[:2]]
    return ", ".join(names) if listing.fond and len(names) == 2 else ""
