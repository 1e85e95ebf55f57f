"""All doubts of a record: letters that its pages misread, and the doubtful words of each page.

Letters are learnt from all pages that were read in the same languages, so no page is judged before
the last is read.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.doubt.case_folding import fold_case
from pipeline.doubt.exchanges import letter_exchanges
from pipeline.doubt.findings import LetterExchange, WordDoubt
from pipeline.doubt.suggestions import RecordForms, Suggester
from pipeline.doubt.vocabulary import vocabulary_of
from pipeline.doubt.word_doubts import weigh_words
from pipeline.doubt.word_forms import forms_of_page, lines_of
from pipeline.text import PageText

_SURE = 0.9  #: 0..1, confidence of a word that may show which words the record has
DOUBT_VERSION = "2"  #: rises when the same words would give other doubts


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page as read, without their boxes."""

    raw_text: str
    confidences: Sequence[float]  #: of the words, in order, 0..1
    languages: tuple[str, ...]  #: the engine's codes that it was read with
    #: numbers, from 1, of the lines that a person compared with the image: none of it is doubtful
    settled: frozenset[int] = frozenset()
    misread: tuple[tuple[str, str], ...] = ()  #: words that people corrected: as read, and right

    @classmethod
    def of(cls, text: PageText, languages: tuple[str, ...]) -> "PageWords":
        """Return the words of a page's text."""
        return cls(text.raw_text, tuple(word.confidence for word in text.words()), languages)

    @property
    def lines(self) -> list[list[str]]:
        """The words of each line that is not empty."""
        return lines_of(self.raw_text)


@dataclass(frozen=True, slots=True)
class PageDoubts:
    """The doubts of a page."""

    words: tuple[WordDoubt, ...]  #: the doubtful ones
    expected_wrong: float  #: words of the page, the sum of the chances of all

    @classmethod
    def of(cls, weighed: Iterable[WordDoubt]) -> "PageDoubts":
        """Return the doubts of a page, of whose words all were weighed."""
        words = tuple(weighed)
        doubtful = tuple(word for word in words if word.is_doubtful)
        return cls(doubtful, round(sum(word.chance for word in words), 2))


@dataclass(frozen=True, slots=True)
class RecordDoubts:
    """The doubts of a record."""

    misread_letters: tuple[LetterExchange, ...]
    pages: tuple["PageDoubts", ...]


def doubts_of_pages(pages: Sequence[PageWords]) -> RecordDoubts:
    """Return the doubts of a record with these pages."""
    forms: dict[tuple[str, ...], RecordForms] = defaultdict(RecordForms)
    for page in pages:
        _count_forms(page, forms[page.languages])
    suggesters = {languages: _suggester(found, languages) for languages, found in forms.items()}
    return RecordDoubts(
        misread_letters=tuple(
            exchange for languages in sorted(forms) for exchange in suggesters[languages].exchanges
        ),
        pages=tuple(
            PageDoubts.of(
                word
                for word in weigh_words(page.lines, page.confidences, suggesters[page.languages])
                if word.line not in page.settled
            )
            for page in pages
        ),
    )


def weigh_page(page: PageWords) -> list[WordDoubt]:
    """Return what is thought of every word of a page that is a record of its own."""
    forms = RecordForms()
    _count_forms(page, forms)
    suggester = _suggester(forms, page.languages)
    return list(weigh_words(page.lines, page.confidences, suggester))


def _count_forms(page: PageWords, forms: RecordForms) -> None:
    """Add the forms of a page."""
    lines, confidences = page.lines, iter(page.confidences)
    forms.misread.update((fold_case(wrong), fold_case(right)) for wrong, right in page.misread)
    by_line = [[next(confidences) for _ in words] for words in lines]
    for form in forms_of_page(lines, vocabulary_of(page.languages)):
        forms.counts[form.folded] += 1
        if all(by_line[part.line][part.word] >= _SURE for part in form.parts):
            forms.sure[form.folded] += 1


def _suggester(forms: RecordForms, languages: tuple[str, ...]) -> Suggester:
    vocabulary = vocabulary_of(languages)
    exchanges = letter_exchanges(forms.counts, vocabulary, forms.misread)
    return Suggester(exchanges, forms, vocabulary)
