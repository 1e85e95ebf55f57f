from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.catalogue import record
from pipeline.errors import CatalogError
from pipeline.repository.catalog import Catalog
from pipeline.repository.catalog_build import build_from_rows
from pipeline.repository.full_text import MAX_RANKED_PAGES, words_around
from tests.factories import publish_sample

TEXTS = (
    "Мы получили Вашу телеграмму.\nЕщё раз: всё, мой друг\nВойна. Two letters",
    "Гоминьдан и Нанкин 关于贸易的谈\n判要到明年",
    "",
)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    publish_sample(tmp_path, TEXTS, references="RGASPI, f. 558, op. 11, d. 330, ll. 0110-0112")
    return Catalog(tmp_path / "output/catalog.sqlite", tmp_path / "output/records")


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("телеграмму", [1]),
        ("телеграммами получила", [1]),
        ('"телеграмма"', []),
        ('"вашу телеграмму"', [1]),
        ("letter", [1]),
        ("войну", [1]),
        ("гоминьдану", [2]),
        ("Гоминьдана", [2]),
        ("теле*", [1]),
        ("телеграммам*", []),
        ("ТЕЛЕГРАММУ", [1]),
        ("Гоминьдан Нанкин", [2]),
        ('"и Нанкин"', [2]),
        ('"Нанкин и"', []),
        ("гоминь*", [2]),
        ("еще", [1]),
        ("ещё", [1]),
        ("все", [1]),
        ("перемирие", []),
        ("贸易", [2]),
        ("谈判", [2]),
        ("贸易 нанкин", [2]),
        ("贸易 перемирие", []),
        ("易贸", []),
    ],
)
def test_words_are_found_on_their_pages(catalog: Catalog, query: str, pages: list[int]) -> None:
    assert [hit.page for hit in catalog.search(query)] == pages


def test_a_hit_names_record_page_leaf_and_the_words_around(catalog: Catalog) -> None:
    hit = catalog.search("нанкин")[0]
    assert (hit.page, hit.leaf) == (2, "0111")
    assert hit.record == "rgaspi-f558-op11-d330-l0110-0112"
    assert hit.around == "Гоминьдан и Нанкин 关于贸易的谈 判要到明年"


@pytest.mark.parametrize("query", ["", "  ", '"', "*", "()"])
def test_a_query_without_a_word_is_refused(catalog: Catalog, query: str) -> None:
    with pytest.raises(CatalogError, match="No word to search for"):
        catalog.search(query)


@pytest.mark.parametrize("query", ["AND", 'мир" OR "а', "a:b", "NEAR(а б)", "-мир", "^а", "мир)"])
def test_odd_queries_find_nothing_and_break_nothing(catalog: Catalog, query: str) -> None:
    assert catalog.search(query) == []


def test_the_catalogue_survives_a_rebuild(catalog: Catalog) -> None:
    before, found = list(catalog.iter_rows()), catalog.search("Гоминьдан")
    catalog.rebuild()
    assert (list(catalog.iter_rows()), catalog.search("Гоминьдан")) == (before, found)


def test_a_lost_catalogue_is_made_again(catalog: Catalog) -> None:
    before = list(catalog.iter_rows())
    catalog.close()
    catalog.path.unlink()
    with Catalog(catalog.path, catalog.records) as again:
        assert list(again.iter_rows()) == before


def test_an_unknown_record_is_refused_with_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(CatalogError, match="Did you mean rgaspi-f558-op11-d330-l0110-0112"):
        catalog.get_entry("rgaspi-f558")
    with pytest.raises(CatalogError, match="opis list"):
        catalog.get_entry("nothing")


def test_short_i_is_not_i(catalog: Catalog) -> None:
    assert [hit.page for hit in catalog.search("война")] == [1]
    assert catalog.search("воина") == []
    assert catalog.search('"мои"') == []


def test_the_words_around_are_the_originals() -> None:
    assert words_around("всё ещё\nждём", ["ждем"]) == "всё ещё ждём"


def test_the_words_around_are_where_most_of_a_query_stands() -> None:
    text = f"мир {'и так далее ' * 20}война и мир {'и так далее ' * 20}война"
    assert "война и мир" in words_around(text, [r"\bмир\b", r"\bвойна\b"])
    assert words_around(text, [r"\bмир\b"]).startswith("мир")
    assert words_around(text, ["нет"]).startswith("мир")


def test_the_index_can_be_checked_where_nothing_can_be_written(catalog: Catalog) -> None:
    catalog._db.execute("PRAGMA query_only = ON")
    assert catalog.index_is_consistent()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """A catalogue of 120 records; a word stands on every page, most often on one of the first."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "records").mkdir()
    texts = [["мир и договор " * (7 if place == 2 else 1) for place in range(5)]] * 120
    cards = (record(number, pages) for number, pages in enumerate(texts))
    build_from_rows(folder / "catalog.sqlite", cards)
    with Catalog(folder / "catalog.sqlite", folder / "records") as catalog:
        yield catalog


@pytest.mark.parametrize("limit", [1, 7, 120, 500])
def test_a_list_in_pages_is_the_whole_list(many: Catalog, limit: int) -> None:
    whole, entries, after = list(many.iter_entries()), [], ""
    while page := list(many.iter_entries(limit, after)):
        assert len(page) <= limit
        entries += page
        after = page[-1].id
    assert entries == whole
    assert len(whole) == many.record_count() == 120
    with pytest.raises(CatalogError, match="no record"):
        list(many.iter_entries(limit, "nowhere"))


def test_of_a_word_on_too_many_pages_only_the_first_are_ranked(many: Catalog) -> None:
    assert many.count_hits("договор") == MAX_RANKED_PAGES + 1
    hits = many.search("договор", 10)
    assert [hit.page for hit in hits] == [3] * 10, "where it stands most often"
    assert many.count_hits("договор мир") == MAX_RANKED_PAGES + 1
    assert many.count_hits("дым") == 0
    assert len(many.search("догов*", 1000)) == MAX_RANKED_PAGES


def test_what_lies_in_a_file_is_found_by_its_reference_and_no_more(many: Catalog) -> None:
    normals = {str(entry.reference) for entry in many.iter_entries()}
    for file in {normal.rpartition(", ll.")[0] for normal in normals}:
        found = set(many.find_below(file))
        wanted = {
            entry.id
            for entry in many.iter_entries()
            if entry.reference == file or str(entry.reference).startswith(f"{file}, ")
        }
        assert found == wanted
    assert many.find_below("GARF, f. 1") == []
