"""References to Romanian archives: a fond in words, a file (dosar), leaves (file).

ANIC, fond CC al PCR – Cancelarie, dosar 45/1956, ff. 3-7
"""

from pipeline.references.marked_steps import MarkedStepSystem
from pipeline.references.system import Level

SYSTEMS = (
    MarkedStepSystem(
        key="ro",
        levels=(
            Level("fond", prefix="fond ", folder_prefix="f", description_level="fonds"),
            Level("delo", prefix="dosar ", folder_prefix="d"),
            Level("volume", prefix="vol. ", folder_prefix="t"),
        ),
        levels_pattern="fond( delo( volume)?| volume)",
        leaf_unit=("f", "ff"),
        marks={"delo": r"dosar(?:ul)?|dos\.", "volume": r"vol\.|volumul"},
        values="[0-9]{1,6}[a-z]?(?:/[0-9]{1,4}(?:-[0-9]{1,4})?)?",
        leaf_marks="ff?|fila|filele",
    ),
)
