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

from pipeline.exports.source import label_of
from pipeline.record.model import Record
from pipeline.site.files import exchange, read_digests, write_digests, write_file
from pipeline.site.listing import Kept, Listing, folder_of

_FEW, _SHARE = 50, 0.05  #: changed records, and their share of all, up to which they go apart
_CYRILLIC = re.compile("[\u0400-\u04ff]+")
#: What Pagefind makes for pages of its own, which ours are not.
_UNUSED = ("pagefind-*ui.*", "pagefind-highlight.js")
_INDEX, _NEWER = "pagefind", "pagefind-newer"


@dataclass(frozen=True, slots=True)
class Document:
    """Something to be found."""

    name: str  #: the leaf's, or ``record``
    label: str  #: of the leaf; empty for the record
    text: str  #: on one line: in the index and for who reads, a word has the same place


def documents(record: Record) -> Iterator[Document]:
    """Yield what can be found of a record; nothing of a withdrawn one but its title."""
    said = [record.name, *(form.value for form in record.titles)]
    if record.status == "withdrawn":
        yield Document("record", "", _line(record.name))
        return
    said += [one.normal or one.as_cited for one in record.references]
    said += [name.as_given for name in record.names]
    said += [form.value for name in record.names for form in name.forms]
    said += [record.summary or "", record.note or "", record.document_type or ""]
    said += [*record.subjects, record.collection or "", *(one.text for one in record.translations)]
    yield Document("record", "", _line("\n".join(filter(None, dict.fromkeys(said)))))
    for page in record.pages:
        if page.reading_text.strip():
            yield Document(folder_of(page), label_of(page), _line(page.reading_text))


def _line(text: str) -> str:
    return " ".join(text.split())


class SearchIndex:
    """The index of a site, and the documents that it is made from."""

    def __init__(self, site: Path, work: Path) -> None:
        """Say where the site is, and where documents and state are kept."""
        self._site, self._pages = site, work / "site-search"
        self._state = work / "site-search.json"

    def take(self, listing: Listing, record: Record, home: Path) -> str:
        """Keep the documents of a record, in the place of those it had; return their digest.

        What is shown of them is put into the folder of its pages, ``home``.
        """
        kept, digest = self._pages / listing.id, sha256()
        shutil.rmtree(kept, ignore_errors=True)
        for one in documents(record):
            page = _page(listing, one).encode()
            digest.update(page)
            write_file(kept / f"{one.name}.html", page)
            place = home / one.name if one.label else home
            write_file(place / "found.json", _shown(listing, one))
        return digest.hexdigest()

    def write(self, kept: Mapping[str, Kept]) -> None:
        """Make the index of these records, or the part of it that is not up to date."""
        whole = read_digests(self._state)
        now = {name: one.found for name, one in kept.items()}
        changed = [name for name in now if whole.get(name) != now[name]]
        stale = [name for name in whole if whole[name] != now.get(name)]
        for name in {path.name for path in self._pages.glob("*")} - now.keys():
            shutil.rmtree(self._pages / name, ignore_errors=True)
        few = max(_FEW, _SHARE * len(now))
        if not (self._site / _INDEX).is_dir() or len({*changed, *stale}) > few:
            self._index(self._pages, _INDEX)
            write_digests(self._state, now)
            changed, stale = [], []
        self._newer(changed)
        newer = {"newer": bool(changed), "stale": sorted(stale)}
        write_file(self._site / "search" / "newer.json", json.dumps(newer).encode())
        self._places(one.listing for one in kept.values())

    def _newer(self, changed: list[str]) -> None:
        if not changed:
            shutil.rmtree(self._site / _NEWER, ignore_errors=True)
            return
        folder = self._pages.with_name(".site-search.newer")
        shutil.rmtree(folder, ignore_errors=True)
        for name in changed:
            shutil.copytree(self._pages / name, folder / name)
        self._index(folder, _NEWER)
        shutil.rmtree(folder)

    def _index(self, pages: Path, name: str) -> None:
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
        for pattern in _UNUSED:
            for unused in beside.glob(pattern):
                unused.unlink()
        exchange(beside, self._site / name)

    def _places(self, listings: Iterable[Listing]) -> None:
        """Write which records lie where, a file for each fond, so that a reference is looked up."""
        found: dict[str, list[object]] = defaultdict(list)
        for one in sorted(listings, key=lambda one: one.id):
            for place in one.places:
                row = [one.id, one.title, place.archive, place.steps, place.leaves, one.leaves]
                found[place_file(place.steps[0][1])].append(row)
        folder = self._site / "search" / "places"
        for gone in {path.name for path in folder.glob("*.json")} - found.keys():
            (folder / gone).unlink()
        for name, rows in found.items():
            write_file(folder / name, json.dumps(rows, ensure_ascii=False).encode())


def place_file(fond: str) -> str:
    """Return the file that knows what lies in a fond, whatever the archive.

    >>> place_file("R-5446"), place_file("0129"), place_file("Г/1")
    ('r5446.json', '129.json', '1.json')
    """
    plain = re.sub("[^0-9a-z]", "", fond.lower()).lstrip("0")
    return f"{plain or 'other'}.json"


def _page(listing: Listing, one: Document) -> str:
    """Return a document as the page that Pagefind reads."""
    filters = [
        ("archive", listing.rungs[0][1] if listing.rungs else ""), ("fond", _fond(listing)),
        ("year", listing.year), ("language", listing.language or ""),
        *(("person", name) for name in listing.people),
        ("review", "yes" if listing.needs_review else "no"),
    ]  # fmt: skip
    rows = [_hidden("filter", key, value) for key, value in filters if value]
    if one.label:
        said = (listing.title, listing.reference, listing.date)
        rows.append(_hidden("meta", "context", stemmed(" ".join(filter(None, said)))))
    return (
        f'<!doctype html><html lang="en"><title>.</title><body data-pagefind-body>'
        f"{''.join(rows)}<p>{escape(stemmed(one.text))}</p></body></html>\n"
    )


def _shown(listing: Listing, one: Document) -> bytes:
    said = {
        "title": listing.title, "leaf": one.label, "date": listing.said,
        "reference": listing.reference, "text": one.text,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False).encode()


def stemmed(text: str) -> str:
    """Return a text in small letters with the stems (Snowball) of its Cyrillic words, as indexed.

    search.js does the same with what is asked for.

    >>> stemmed("Ещё телеграммой: «Война» и Mao.")
    'ещ телеграмм: «војн» и mao.'
    """
    stem = Stemmer("russian").stemWord
    small = unicodedata.normalize("NFC", text).lower().replace("ё", "е")
    return _CYRILLIC.sub(lambda word: stem(word[0]), small).replace("й", "ј")


def _hidden(kind: str, key: str, value: str) -> str:
    return f'<i data-pagefind-{kind}="{key}[data-value]" data-value="{escape(value)}"></i>'


def _fond(listing: Listing) -> str:
    names = [name for _, name in listing.rungs[:2]]
    return ", ".join(names) if listing.fond and len(names) == 2 else ""
