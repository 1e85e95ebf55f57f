"""References to the National Archives of Hungary: a signature, perhaps a box, an item, a number.

MNL OL, XIX-J-1-j, 5. doboz; MNL OL, M-KS 288. f. 5/81. ő. e., 12. o.;
MNL OL, XIX-J-1-k, Korea, 7. doboz, 5/a, 002918/1953
"""

from pipeline.references.signatures import BOX_OR_BUNDLE, SignatureSystem
from pipeline.references.system import Level

_BOX = r"(?:(?=box|[0-9]+\. ?d)(?:box )?(?P<box>[0-9]{{1,5}})(?:\. ?d(?:oboz|ob)?\.?)?)"
_PAGES = r"(?:, (?:pp?\. ?)?(?P<leaves>{leaves})(?:\. ?(?:o|old|oldal|fol)\.?)?)?"
_SIGNATURE = (
    r"(?P<signatura>[A-Z]{{1,6}}[ -]?[0-9A-Za-z]\w*+(?:[./-]{{1,3}}+\w++)*+"
    r"(?: (?=[\w./-]*?[0-9])(?!box)\w++(?:[./-]{{1,3}}+\w++)*+)*"
    r"(?:(?<=\.-[0-9]{{2}})\.|(?<=\.-[0-9])\.)?)"
)
_REFERENCE = r"{archive}[\s,:-]+" + _SIGNATURE + rf"(?:,? \(?{_BOX}(?:(?<=\.)\)|\))?)?"
#: A country, perhaps a year, before the box; after it the item and the number of the document.
_FOREIGN_MINISTRY = (
    r"{archive}[\s,:-]+(?P<signatura>[IVX]{{1,5}}-[A-Z]-[0-9]+-[a-z](?:-[^\W\d_]+)*)"
    r"(?:,? (?P<heading>[A-ZÁÉÍÓÖŐÚÜŰ][^\W\d_]{{2,20}}(?: T[üÜ][kK])?))?"
    r"(?:, (?P<year>1[89][0-9]{{2}}))?, "
    + _BOX
    + r"(?:, (?P<tetel>[0-9]{{1,3}}[/-][a-z0-9]{{1,4}}))?"
    r"(?:, (?P<number>[0-9]{{3,7}}(?:/[A-Za-zÁÉ.]{{1,8}}|/[0-9]{{1,3}})?[/-](?:1[89])?[0-9]{{2}}))?"
)
#: A fond of the parties, with a preservation unit (őrzési egység).
_PARTY_FOND = (
    r"{archive}[\s,:-]+(?P<signatura>[A-Z](?:-[A-Z]{{1,4}})?[ -][0-9]{{1,4}}\. ?f(?:ond)?\.,? ?"
    r"(?:[0-9]{{1,4}}\. ?(?:cs|csoport)\. ?)?[0-9]{{1,4}}(?:/[0-9]{{1,4}})*\. ?ő\. ?e\.)" + _PAGES
)
#: A year or a bundle between the signature and a number: "K 63, 1940-24/1".
_BUNDLE_OF_YEAR = (
    r"{archive}[\s,:-]+(?P<signatura>K[ -]?[0-9]{{1,4}},? 1[89][0-9]{{2}}-[0-9]{{1,4}}"
    r"(?:/[0-9a-z]{{1,4}})*)"
)

SYSTEMS = (
    SignatureSystem(
        key="hu",
        levels=(
            Level("signatura"),
            Level("heading"),
            Level("year", values="1[89][0-9]{2}"),
            Level("box", suffix=". doboz", folder_prefix="box"),
            Level("tetel"),
            Level("number"),
        ),
        levels_pattern="signatura( heading)?( year)?( box)?( tetel)?( number)?",
        leaf_unit=("p", "pp"),
        patterns=(_REFERENCE, _FOREIGN_MINISTRY, _PARTY_FOND, _BUNDLE_OF_YEAR),
        unread_part=BOX_OR_BUNDLE,
    ),
)
