"""The pages for archivists name every field there is, and the published schemas are the models'."""

import json
import re
from datetime import date
from typing import Any

import jsonschema
import pytest
import yaml

from pipeline.description.fields import Description, sidecar_json_schema
from pipeline.description.merge import DescriptionSource, merge_sources
from pipeline.description.template import example_yaml
from pipeline.exports.collections.collection_registry import COLLECTION_EXPORTS_BY_NAME
from pipeline.exports.registry import FORMATS_BY_NAME, PUBLISHED_FORMATS
from pipeline.record.record import json_schema as record_schema
from tests.workspace import ROOT

DOCS = ROOT / "docs"
SIDECAR: dict[str, Any] = json.loads(sidecar_json_schema())
RECORD: dict[str, Any] = json.loads(record_schema())


def fields(schema: dict[str, Any]) -> set[str]:
    models = [schema, *schema["$defs"].values()]
    return {name for model in models for name in model.get("properties", {})}


def names_on_page(page: str) -> set[str]:
    return set(re.findall(r"`([a-z_0-9]+)`", (DOCS / page).read_text("utf-8")))


def test_every_field_of_a_sidecar_is_explained() -> None:
    assert fields(SIDECAR) <= names_on_page("sidecar.md")


def test_every_field_of_a_record_is_explained() -> None:
    assert fields(RECORD) <= names_on_page("record.md")


def test_every_export_is_explained() -> None:
    page = (DOCS / "exports.md").read_text("utf-8")
    assert [name for name in FORMATS_BY_NAME if f"`{name}`" not in page] == []
    assert [name for name in PUBLISHED_FORMATS if f"`{name}`" not in page] == []
    assert [name for name in COLLECTION_EXPORTS_BY_NAME if f"`{name}`" not in page] == []


def test_every_decision_is_dated_and_the_oldest_comes_first() -> None:
    _, *sections = (DOCS / "decisions.md").read_text("utf-8").split("\n## ")
    for section in sections:
        heading, *decisions = section.strip().split("\n\n")
        found = [re.match(r"\*\*[^*]+\.\*\*\s(\d{4}-\d\d-\d\d)\. ", one) for one in decisions]
        dates = [one and date.fromisoformat(one[1]) for one in found]
        assert dates, heading
        assert None not in dates, f"{heading}: {decisions[dates.index(None)]}"
        assert dates == sorted(filter(None, dates)), heading


def test_the_schema_of_a_sidecar_is_published_as_it_is() -> None:
    assert (DOCS / "sidecar.schema.json").read_text("utf-8") == sidecar_json_schema()
    jsonschema.Draft202012Validator.check_schema(SIDECAR)


@pytest.mark.parametrize("name", list(Description.model_fields))
def test_every_example_is_taken_by_the_model_and_by_the_schema(name: str) -> None:
    examples = Description.model_fields[name].examples
    assert examples
    for example in examples:
        value = yaml.load(example_yaml(name, example), Loader=yaml.BaseLoader)[name]
        described = merge_sources([DescriptionSource("sidecar", "scan.yaml", {name: value})])
        assert getattr(described.description, name)
        jsonschema.validate({name: example}, SIDECAR)


def test_the_schema_refuses_what_is_no_field() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"titel": "A"}, SIDECAR)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"names": [{"nam": "A"}]}, SIDECAR)


def test_the_bundled_sidecar_is_of_the_schema() -> None:
    (sidecar,) = (ROOT / "samples").glob("*.yaml")
    jsonschema.validate(yaml.load(sidecar.read_text("utf-8"), Loader=yaml.BaseLoader), SIDECAR)


def test_the_sidecar_on_the_page_is_one() -> None:
    page = (DOCS / "sidecar.md").read_text("utf-8")
    blocks = re.findall(r"\n\n((?:    \S.*\n(?:    .*\n)*))", page)
    shown = [block for block in blocks if re.match(r"    (title|names|translations):", block)]
    assert len(shown) == 4
    for block in shown:
        read = yaml.load("\n".join(line[4:] for line in block.splitlines()), Loader=yaml.BaseLoader)
        jsonschema.validate(read, SIDECAR)
        documents = read.pop("documents", [])
        for described in [read, *({**one, "pages": ""} for one in documents)]:
            described.pop("pages", None)
            merge_sources([DescriptionSource("sidecar", "scan.yaml", described)])
