"""The script of the site that finds the leaf of a reference, run by Node."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

NODE = shutil.which("node")
SCRIPT = Path(__file__).parent.parent / "pipeline" / "site" / "static" / "references.js"
SPREADS = ["11v-12", "12v-13", "0013v-0014", "page-4"]

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")


def run(expression: str) -> object:
    code = f"{SCRIPT.read_text('utf-8')}\nconsole.log(JSON.stringify({expression} ?? null))"
    command = [NODE or "", "--input-type=module", "--eval", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("labels", "query", "label"),
    [
        (SPREADS, "ф. 17 оп. 3 д. 7 л. 13", "12v-13"), (SPREADS, "RGASPI 17/3/7/14", "0013v-0014"),
        (SPREADS, "ф. 17 оп. 3 д. 7 л. 12об.", "12v-13"),
        (SPREADS, "f. 17, op. 3, d. 7, l. 13v", "0013v-0014"),
        (SPREADS, "РГАСПИ. Ф. 17. Оп. 3. Д. 7. Лл. 12об.–13", "12v-13"),
        (SPREADS, "f. 17, op. 3, d. 7, l. 4", None),
        (["0012", "0012v", "0013"], "f. 17, op. 3, d. 7, l. 12v", "0012v"),
        (["0012", "0013"], "f. 17, op. 3, d. 7, l. 13v", "0013"),
    ],
)  # fmt: skip
def test_a_reference_leads_to_the_page_that_shows_its_leaf(
    labels: list[str], query: str, label: str | None
) -> None:
    leaf = f"asReference({json.dumps(query)}).wanted.leaf"
    assert run(f"leafAmong({json.dumps(labels)}, {leaf})") == label
