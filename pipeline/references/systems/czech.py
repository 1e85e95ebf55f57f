"""References to Czech and Slovak archives: a fond in words or numbers, then its own levels.

NA Praha, KSČ-ÚV-02/1, sv. 12, a.j. 34, b. 5; AÚTGM, f. Edvard Beneš, kart. 51, inv. č. 312
"""

from pipeline.references.marked_steps import MarkedStepSystem
from pipeline.references.system import Level

SYSTEMS = (
    MarkedStepSystem(
        key="cz",
        levels=(
            Level("fond", prefix="f. ", folder_prefix="f", description_level="fonds"),
            Level("svazek", prefix="sv. ", folder_prefix="sv"),
            Level("archivni_jednotka", prefix="a.j. ", folder_prefix="aj"),
            Level("karton", prefix="kart. ", folder_prefix="k", description_level="subseries"),
            Level("inventarni_cislo", prefix="inv. č. ", folder_prefix="inv"),
            Level("bod", prefix="b. ", folder_prefix="b", description_level="item"),
            Level("obal", prefix="obal ", folder_prefix="obal"),
        ),
        levels_pattern=("fond( svazek| archivni_jednotka| karton| inventarni_cislo| bod| obal)+"),
        marks={
            "svazek": r"sv\.|svazek",
            "archivni_jednotka": r"a(?:r|rch)?\. ?j\.",
            "karton": r"kart\.|karton|k\.|škat\.|škatuľa|šk\.",
            "inventarni_cislo": r"inv\. ?[čj]\.|i\. ?č\.",
            "bod": r"b\.|bod",
            "obal": "obal",
        },
        values="[0-9]{1,6}[a-z]?(?:/[0-9]{1,4})?",
        leaf_marks="ll?|fol|s|str",
        # The letters are those of other national archives, too.
        letters_in_context=(r"NA(?=,? (?:f\. |fond )?(?:A )?(?:KSČ|ÚV KSČ|AÚV))", "NA Praha"),
    ),
)
