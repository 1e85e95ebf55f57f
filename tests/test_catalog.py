from pathlib import Path

import pytest

from pipeline.errors import CatalogError
from pipeline.holdings.catalog import Catalog
from pipeline.holdings.search import words_around
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
    before, found = catalog.dump(), catalog.search("Гоминьдан")
    catalog.rebuild()
    assert (catalog.dump(), catalog.search("Гоминьдан")) == (before, found)


def test_a_lost_catalogue_is_made_again(catalog: Catalog) -> None:
    before = catalog.dump()
    catalog.close()
    catalog.path.unlink()
    with Catalog(catalog.path, catalog.records) as again:
        assert again.dump() == before


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
