"""The search of the site: static files, made by Pagefind (https://pagefind.app).

A leaf is a document, and so is what describes a record. To be indexed anew they are kept as small
pages in ``.opis``. Making the whole index takes Pagefind seconds for a thousand records: what
changed since goes into a second, small index, until that is no longer small; what the first one
says of such records is stale, and listed as such.

Pagefind takes marks off letters before it stems: it would find no stem in a Russian word that ends
in й, and take война for воина. So Russian words stand in the documents as their stems, with a
letter for й that bears no mark, and е for ё; search.js asks for the same. Pagefind stems the
English ones. A leaf is found by what its record is called, too. What is shown of a document lies
beside its page, as ``found.json``.
"""

import json
import re
import shutil
import subprocess
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path

from pagefind_bin import get_executable
from Stemmer import Stemmer

from pipeline.exports.source import page_label
from pipeline.record.record import Record
from pipeline.site.file_list import read_digests, replace_folder, write_digests, write_file
from pipeline.site.listing import BuildState, Listing, leaf_folder
from pipeline.wording import one_line

_MAX_CHANGED, _MAX_CHANGED_SHARE = (
    50,
    0.05,
)  #: changed records, and their share of all, up to which they go apart
_CYRILLIC = re.compile("[\u0400-\u04ff]+")
#: What Pagefind makes for pages of its own, which ours are not.
_UNUSED_FILES = ("pagefind-*ui.*", "pagefind-highlight.js")
_MAIN_INDEX, _NEWER_INDEX = "pagefind", "pagefind-newer"


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """Something to be found."""

    name: str  #: the leaf's, or ``record``
    label: str  #: of the leaf; empty for the record
    text: str  #: on one line: in the index and for who reads, a word has the same place


def search_documents(record: Record) -> Iterator[SearchDocument]:
    """Yield what can be found of a record; nothing of a withdrawn one but its title."""
    said = [record.name, *(form.value for form in record.titles)]
    if record.status == "withdrawn":
        yield SearchDocument("record", "", one_line(record.name))
        return
    said += [one.normal or one.as_cited for one in record.references]
    said += [name.as_given for name in record.names]
    said += [form.value for name in record.names for form in name.forms]
    said += [record.summary or "", record.note or "", record.document_type or ""]
    said += [*record.subjects, record.collection or "", *(one.text for one in record.translations)]
    yield SearchDocument("record", "", one_line("\n".join(filter(None, dict.fromkeys(said)))))
    for page in record.pages:
        if page.reading_text.strip():
            yield SearchDocument(leaf_folder(page), page_label(page), one_line(page.reading_text))


class SearchIndex:
    """The index of a site, and the documents that it is made from."""

    def __init__(self, site: Path, work: Path) -> None:
        """Say where the site is, and where documents and state are kept."""
        self._site, self._documents = site, work / "site-search"
        self._state = work / "site-search.json"

    def store_documents(self, listing: Listing, record: Record, home: Path) -> str:
        """Keep the documents of a record, in the place of those it had; return their digest.

        What is shown of them is put into the folder of its pages, ``home``.
        """
        kept, digest = self._documents / listing.id, sha256()
        shutil.rmtree(kept, ignore_errors=True)
        for one in search_documents(record):
            page = _document_page(listing, one).encode()
            digest.update(page)
            write_file(kept / f"{one.name}.html", page)
            place = home / one.name if one.label else home
            write_file(place / "found.json", _result_json(listing, one))
        return digest.hexdigest()

    def write(self, states: Mapping[str, BuildState]) -> None:
        """Make the index of these records, or the part of it that is not up to date."""
        whole = read_digests(self._state)
        now = {name: one.search_digest for name, one in states.items()}
        changed = [name for name in now if whole.get(name) != now[name]]
        stale = [name for name in whole if whole[name] != now.get(name)]
        for name in {path.name for path in self._documents.glob("*")} - now.keys():
            shutil.rmtree(self._documents / name, ignore_errors=True)
        few = max(_MAX_CHANGED, _MAX_CHANGED_SHARE * len(now))
        if not (self._site / _MAIN_INDEX).is_dir() or len({*changed, *stale}) > few:
            self._run_pagefind(self._documents, _MAIN_INDEX)
            write_digests(self._state, now)
            changed, stale = [], []
        self._index_changed(changed)
        newer = {"newer": bool(changed), "stale": sorted(stale)}
        write_file(self._site / "search" / "newer.json", json.dumps(newer).encode())
        self._write_references(one.listing for one in states.values())

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
        """Have Pagefind index a folder of documents.

        Raises:
            OSError: it fails; says what it said.
        """
        beside = self._site / f".{name}.partial"
        shutil.rmtree(beside, ignore_errors=True)
        words = [get_executable(), "--site", pages, "--output-path", beside, "--quiet"]
        done = subprocess.run(words, check=False, capture_output=True, text=True)
        if done.returncode:
            msg = f"the search index cannot be made: {(done.stderr or done.stdout).strip()}"
            raise OSError(msg)
        for pattern in _UNUSED_FILES:
            for unused in beside.glob(pattern):
                unused.unlink()
        replace_folder(beside, self._site / name)

    def _write_references(self, listings: Iterable[Listing]) -> None:
        """Write which records lie where, a file for each fond, so that a reference is looked up."""
        found: dict[str, list[object]] = defaultdict(list)
        for one in sorted(listings, key=lambda one: one.id):
            for place in one.places:
                row = [one.id, one.title, place.archive, place.path, place.leaves, one.leaves]
                found[fond_file(place.path[0][1])].append(row)
        folder = self._site / "search" / "places"
        for gone in {path.name for path in folder.glob("*.json")} - found.keys():
            (folder / gone).unlink()
        for name, rows in found.items():
            write_file(folder / name, json.dumps(rows, ensure_ascii=False).encode())


def fond_file(fond: str) -> str:
    """Return the file that knows what lies in a fond, whatever the archive.

    >>> fond_file("R-5446"), fond_file("0129"), fond_file("Г/1")
    ('r5446.json', '129.json', '1.json')
    """
    plain = re.sub("[^0-9a-z]", "", fond.lower()).lstrip("0")
    return f"{plain or 'other'}.json"


def _document_page(listing: Listing, document: SearchDocument) -> str:
    """Return a document as the page that Pagefind reads."""
    filters = [
        ("archive", listing.levels[0][1] if listing.levels else ""), ("fond", _fond_label(listing)),
        ("year", listing.year), ("language", listing.language or ""),
        *(("person", name) for name in listing.people),
        ("review", "yes" if listing.needs_review else "no"),
    ]  # fmt: skip
    rows = [_hidden_element("filter", key, value) for key, value in filters if value]
    if document.label:
        said = (listing.title, listing.reference, listing.date)
        rows.append(_hidden_element("meta", "context", stem_text(" ".join(filter(None, said)))))
    return (
        f'<!doctype html><html lang="en"><title>.</title><body data-pagefind-body>'
        f"{''.join(rows)}<p>{escape(stem_text(document.text))}</p></body></html>\n"
    )


def _result_json(listing: Listing, document: SearchDocument) -> bytes:
    said = {
        "title": listing.title, "leaf": document.label, "date": listing.date_texts,
        "reference": listing.reference, "text": document.text,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False).encode()


def stem_text(text: str) -> str:
    """Return a text in small letters with the stems (Snowball) of its Cyrillic words, as indexed.

    search.js does the same with what is asked for.

    >>> stem_text("Ещё телеграммой: «Война» и Mao.")
    'ещ телеграмм: «војн» и mao.'
    """
    stem = Stemmer("russian").stemWord
    small = unicodedata.normalize("NFC", text).lower().replace("ё", "е")
    return _CYRILLIC.sub(lambda word: stem(word[0]), small).replace("й", "ј")


def _hidden_element(kind: str, key: str, value: str) -> str:
    return f'<i data-pagefind-{kind}="{key}[data-value]" data-value="{escape(value)}"></i>'


def _fond_label(listing: Listing) -> str:
    names = [name for _, name in listing.levels[:2]]
    return ", ".join(names) if listing.fond and len(names) == 2 else ""
