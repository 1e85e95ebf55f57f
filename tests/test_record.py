import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prov.model import ProvDocument

from pipeline.exports.readme import to_readme
from pipeline.model import EmbeddedText, IssueType, PageReading, PageState, TextLayerVerdict
from pipeline.record.assemble import assemble_record
from pipeline.record.provenance import to_prov_json
from pipeline.record.record import (
    Record,
    dump_json,
    dump_json_with_list,
    dump_record,
    json_schema,
    parse_record,
)
from pipeline.scan import AdmittedScan, ReadPage
from tests.factories import CLOCK, SIGNATURE, admitted_scan, pages, record, scan_pdf, source, text

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"


@pytest.fixture
def scan(tmp_path: Path) -> AdmittedScan:
    return admitted_scan(scan_pdf(tmp_path / "scan.pdf"))


@pytest.fixture
def sample(scan: AdmittedScan) -> Record:
    return record(scan)


def test_a_record_comes_back_from_its_json(sample: Record) -> None:
    assert parse_record(dump_record(sample)) == sample
    assert dump_record(parse_record(dump_record(sample))) == dump_record(sample)


@given(
    st.dictionaries(st.text(), st.text() | st.lists(st.text())), st.text(),
    st.lists(st.none() | st.text() | st.dictionaries(st.text(), st.lists(st.text())), min_size=1),
)  # fmt: skip
def test_a_long_list_is_written_like_any_other(
    value: dict[str, Any], name: str, items: list[Any]
) -> None:
    assert dump_json_with_list(value, name, iter(items)).decode() == dump_json(
        {**value, name: items}
    )


@pytest.mark.parametrize("name", ["record.json", "README.txt", "provenance.json"])
def test_golden(tmp_path: Path, name: str, request: pytest.FixtureRequest) -> None:
    """The whole file, byte for byte; rewrite with --rewrite-golden and read the difference."""
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"these bytes are the scan of the golden record")
    sample = record(admitted_scan(path))
    content = {
        "record.json": dump_record(sample).decode(),
        "README.txt": to_readme(sample),
        "provenance.json": json.dumps(
            to_prov_json(sample.provenance, sample.id), ensure_ascii=False, sort_keys=True, indent=1
        ),
    }[name]
    for library, version in sample.provenance.agents["opis"].details.items():
        content = content.replace(f'"{library}": "{version}"', f'"{library}": "…"')
        content = content.replace(f'"opis:{library}": "{version}"', f'"opis:{library}": "…"')
    if name == "README.txt":  # which exports there are, the registry says
        content = re.sub(r"(\nexport/ +).*?(?=\n\S)", r"\1…", content, flags=re.DOTALL)
    path = GOLDEN / name
    if request.config.getoption("--rewrite-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")
    assert content == path.read_text("utf-8")


def test_the_published_schema_is_that_of_the_code() -> None:
    assert (ROOT / "docs" / "record.schema.json").read_text("utf-8") == json_schema()


def test_a_record_validates_against_the_published_schema(sample: Record) -> None:
    schema = json.loads((ROOT / "docs" / "record.schema.json").read_text("utf-8"))
    document = json.loads(dump_record(sample))
    jsonschema.validate(document, schema)
    document["unknown"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_an_outsider_reads_the_provenance_back(sample: Record) -> None:
    content = json.dumps(to_prov_json(sample.provenance, sample.id))
    document = ProvDocument.deserialize(content=content, format="json")
    again = ProvDocument.deserialize(content=document.serialize(format="json"), format="json")
    assert again == document
    assert len(list(document.get_records())) > 20


def test_every_word_of_the_reading_text_leads_back_to_the_scan(sample: Record) -> None:
    log = sample.provenance
    born = {name: act for act in log.activities for name in act.generated}
    todo, ancestors = ["reading-text"], set[str]()
    while todo:
        name = todo.pop()
        ancestors.add(name)
        todo += born[name].used if name in born else []
    assert "scan" in ancestors
    assert {name for name in ancestors if name not in born} == {"scan"}
    engine = log.agents[born["raw-text-0001"].agent]
    assert engine.details["model-rus-sha256"] == "a" * 64


def test_four_leaves_and_four_pages_give_each_page_its_label(tmp_path: Path) -> None:
    reference = "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113"
    scan = admitted_scan(scan_pdf(tmp_path / "s.pdf", 4), 4, references=reference)
    sample = record(scan, ("раз",) * 4)
    assert [page.leaf for page in sample.pages] == ["0110", "0111", "0112", "0113"]
    assert not sample.needs_review


def test_a_word_over_a_page_end_is_one_word_and_both_readings_are_named(scan: AdmittedScan) -> None:
    sample = record(scan, ("Мы получили Вашу теле-", "грамму вчера."))
    assert [page.reading_text for page in sample.pages] == ["Мы получили Вашу телеграмму", "вчера."]
    assert [page.raw_text for page in sample.pages] == ["Мы получили Вашу теле-", "грамму вчера."]
    cleaned = {a.id: a for a in sample.provenance.activities if a.plan == "clean"}
    assert set(cleaned["clean-0001"].used) == {"raw-text-0001", "raw-text-0002"}
    assert set(cleaned["clean-0002"].used) == {"raw-text-0001", "raw-text-0002"}


def test_furniture_is_in_the_raw_text_and_not_in_the_reading_text(scan: AdmittedScan) -> None:
    sample = record(scan, ("Товарищу Мао\n__ |", "Филиппов")).pages[0]
    assert sample.raw_text == "Товарищу Мао\n__ |"
    assert sample.reading_text == "Товарищу Мао"
    assert sample.line_roles == ("paragraph", "noise")
    assert sample.words == 4


def test_five_images_for_four_leaves_need_review(tmp_path: Path) -> None:
    reference = "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113"
    scan = admitted_scan(scan_pdf(tmp_path / "s.pdf", 5), 5, references=reference)
    sample = record(scan, ("раз",) * 5)
    assert [page.leaf for page in sample.pages] == [None] * 5
    assert sample.needs_review
    assert any("5 images for 4 leaves" in issue.detail for issue in sample.issues)


def test_an_unread_reference_is_kept_as_given(tmp_path: Path) -> None:
    scan = admitted_scan(scan_pdf(tmp_path / "s.pdf"), references="some box in the cellar")
    sample = record(scan)
    assert [ref.as_cited for ref in sample.references] == ["some box in the cellar"]
    assert sample.references[0].normal is None
    assert sample.id.startswith("scan-")
    assert IssueType.UNREAD_REFERENCE in {issue.concern for issue in sample.issues}


@pytest.mark.parametrize(
    ("state", "concern", "review"),
    [
        (PageState.TIMEOUT, IssueType.PAGE_TIMEOUT, True),
        (PageState.ERROR, IssueType.PAGE_ERROR, True),
        (PageState.BLANK, IssueType.BLANK_PAGE, False),
    ],
)
def test_a_page_that_was_not_read_is_an_issue_and_not_the_end(
    scan: AdmittedScan, state: PageState, concern: IssueType, review: bool
) -> None:
    good, bad = pages()
    bad = ReadPage(
        2, None if state is PageState.ERROR else source(2), PageReading(state, detail="why")
    )
    sample = assemble_record(scan, [good, bad], SIGNATURE, CLOCK)
    assert [page.state for page in sample.pages] == [PageState.OK, state]
    assert sample.pages[0].reading_text
    assert (concern, 2) in {(issue.concern, issue.page) for issue in sample.issues}
    assert sample.needs_review is review


def test_a_doubtful_page_needs_review(scan: AdmittedScan) -> None:
    sample = assemble_record(scan, pages(confidence=0.5), SIGNATURE, CLOCK)
    assert sample.needs_review
    assert sample.quality.low_confidence_share == 1


def test_an_embedded_layer_is_kept_beside_ours_with_a_verdict(scan: AdmittedScan) -> None:
    ours = "Товарищу Мао Цзэ-дуну лично и весьма срочно"
    layers = [EmbeddedText(ours, hidden=True), EmbeddedText("Hanorosas:t AeKnapai", hidden=True)]
    read = [
        ReadPage(number, source(number, layer), PageReading(PageState.OK, text(ours)))
        for number, layer in enumerate(layers, 1)
    ]
    sample = assemble_record(scan, read, SIGNATURE, CLOCK)
    kept = [page.embedded for page in sample.pages]
    assert [layer.verdict for layer in kept if layer] == [
        TextLayerVerdict.GOOD,
        TextLayerVerdict.LYING,
    ]
    assert sample.pages[1].reading_text == ours
    assert any("lying on 1 page" in issue.detail for issue in sample.issues)


def test_a_layer_is_judged_by_all_that_was_read_furniture_too(scan: AdmittedScan) -> None:
    ours = "Товарищу Мао лично.\nВаша теле-\nграмма получена.\n__ |"
    layer = EmbeddedText(ours, hidden=True)
    read = [
        ReadPage(number, source(number, layer), PageReading(PageState.OK, text(ours)))
        for number in (1, 2)
    ]
    kept = [page.embedded for page in assemble_record(scan, read, SIGNATURE, CLOCK).pages]
    assert [layer.agreement for layer in kept if layer] == [1.0, 1.0]


def test_the_readme_says_what_where_how_and_how_to_cite(sample: Record) -> None:
    readme = to_readme(sample)
    for fact in (
        "Cable, Filippov [Stalin] to Cde. Mao Zedong",
        "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0111",
        sample.provenance.source.sha256,
        "nobody has compared it",
        "Contributed by Sergey Radchenko.",
    ):
        assert fact in readme


def test_the_readme_of_a_reviewed_record_says_so(sample: Record) -> None:
    readme = to_readme(sample.model_copy(update={"status": "reviewed"}))
    assert "compared with the images, by" in readme
    assert "nobody has compared it" not in readme
