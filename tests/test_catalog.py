from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.catalogue import record
from pipeline.errors import CatalogError
from pipeline.repository.catalog import Catalog
from pipeline.repository.catalog_file import build_from
from pipeline.repository.full_text import CONSIDERED, words_around
from tests.factories import published

TEXTS = ("Мы получили Вашу телеграмму.\nЕщё раз: всё, мой друг", "Гоминьдан и Нанкин", "")


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    published(tmp_path, TEXTS, references="RGASPI, f. 558, op. 11, d. 330, ll. 0110-0112")
    return Catalog(tmp_path / "output/catalog.sqlite", tmp_path / "output/records")


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("телеграмму", [1]),
        ("ТЕЛЕГРАММУ", [1]),
        ("Гоминьдан Нанкин", [2]),
        ('"и Нанкин"', [2]),
        ('"Нанкин и"', []),
        ("гоминь*", [2]),
        ("еще", [1]),
        ("ещё", [1]),
        ("все", [1]),
        ("перемирие", []),
    ],
)
def test_words_are_found_on_their_pages(catalog: Catalog, query: str, pages: list[int]) -> None:
    assert [hit.page for hit in catalog.search(query)] == pages


def test_a_hit_names_record_page_leaf_and_the_words_around(catalog: Catalog) -> None:
    hit = catalog.search("нанкин")[0]
    assert (hit.page, hit.leaf) == (2, "0111")
    assert hit.record == "rgaspi-f558-op11-d330-l0110-0112"
    assert hit.around == "Гоминьдан и Нанкин"


@pytest.mark.parametrize("query", ["", "  ", '"', "*", "()"])
def test_a_query_without_a_word_is_refused(catalog: Catalog, query: str) -> None:
    with pytest.raises(CatalogError, match="No word to search for"):
        catalog.search(query)


@pytest.mark.parametrize("query", ["AND", 'мир" OR "а', "a:b", "NEAR(а б)", "-мир", "^а", "мир)"])
def test_odd_queries_find_nothing_and_break_nothing(catalog: Catalog, query: str) -> None:
    assert catalog.search(query) == []


def test_the_catalogue_survives_a_rebuild(catalog: Catalog) -> None:
    before, found = list(catalog.dump()), catalog.search("Гоминьдан")
    catalog.rebuild()
    assert (list(catalog.dump()), catalog.search("Гоминьдан")) == (before, found)


def test_a_lost_catalogue_is_made_again(catalog: Catalog) -> None:
    before = list(catalog.dump())
    catalog.close()
    catalog.path.unlink()
    with Catalog(catalog.path, catalog.records) as again:
        assert list(again.dump()) == before


def test_an_unknown_record_is_refused_with_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(CatalogError, match="Did you mean rgaspi-f558-op11-d330-l0110-0112"):
        catalog.entry("rgaspi-f558")
    with pytest.raises(CatalogError, match="opis list"):
        catalog.entry("nothing")


def test_short_i_is_not_i(catalog: Catalog) -> None:
    assert [hit.page for hit in catalog.search("мой")] == [1]
    assert catalog.search("мои") == []


def test_the_words_around_are_the_originals() -> None:
    assert words_around("всё ещё\nждём", ['"ждем"']) == "всё ещё ждём"


def test_the_index_can_be_checked_where_nothing_can_be_written(catalog: Catalog) -> None:
    catalog._db.execute("PRAGMA query_only = ON")
    assert catalog.searches_what_it_holds()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """A catalogue of 120 records; a word stands on every page, most often on one of the first."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "records").mkdir()
    texts = [["мир и договор " * (7 if place == 2 else 1) for place in range(5)]] * 120
    cards = (record(number, pages) for number, pages in enumerate(texts))
    build_from(folder / "catalog.sqlite", cards)
    with Catalog(folder / "catalog.sqlite", folder / "records") as made:
        yield made


@pytest.mark.parametrize("limit", [1, 7, 120, 500])
def test_a_list_in_pages_is_the_whole_list(many: Catalog, limit: int) -> None:
    whole, found, after = list(many.entries()), [], ""
    while page := list(many.entries(limit, after)):
        assert len(page) <= limit
        found += page
        after = page[-1].id
    assert found == whole
    assert len(whole) == many.size() == 120
    with pytest.raises(CatalogError, match="no record"):
        list(many.entries(limit, "nowhere"))


def test_of_a_word_on_too_many_pages_the_first_are_weighed_and_it_is_said(many: Catalog) -> None:
    assert many.count("договор") == CONSIDERED + 1
    hits = many.search("договор", 10)
    assert [hit.page for hit in hits] == [3] * 10, "where it stands most often"
    assert many.count("договор мир") == CONSIDERED + 1
    assert many.count("дым") == 0
    assert len(many.search("догов*", 1000)) == CONSIDERED


def test_what_lies_in_a_file_is_found_by_its_reference_and_no_more(many: Catalog) -> None:
    normals = {str(entry.reference) for entry in many.entries()}
    for file in {normal.rpartition(", ll.")[0] for normal in normals}:
        found = set(many.under(file))
        wanted = {
            entry.id
            for entry in many.entries()
            if entry.reference == file or str(entry.reference).startswith(f"{file}, ")
        }
        assert found == wanted
    assert many.under("GARF, f. 1") == []
