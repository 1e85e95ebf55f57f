"""References to the National Archives of Hungary: a signature, perhaps a box; no leaves.

MNL OL, XIX-J-1-j, 5. doboz
"""

from pipeline.references.signatures import BOX_OR_BUNDLE, SignatureSystem
from pipeline.references.system import Level

_REFERENCE = (
    r"{archive}[\s,:-]+(?P<signatura>[A-Z]{{1,6}}[ -]?[0-9A-Za-z]\w*+(?:[./-]{{1,3}}+\w++)*+"
    r"(?: (?=[\w./-]*?[0-9])\w++(?:[./-]{{1,3}}+\w++)*+)*"
    r"(?:(?<=\.-[0-9]{{2}})\.|(?<=\.-[0-9])\.)?)"
    r"(?:, (?P<box>[0-9]{{1,5}})\. ?doboz)?"
)

SYSTEMS = (
    SignatureSystem(
        key="hu",
        levels=(Level("signatura"), Level("box", suffix=". doboz", folder_prefix="box")),
        levels_pattern="signatura( box)?",
        patterns=(_REFERENCE,),
        unread_part=BOX_OR_BUNDLE,
    ),
)
