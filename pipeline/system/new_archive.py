"""Make the folder of a new archive: inbox, output, commented settings and a unit for systemd."""

from importlib.resources import files
from pathlib import Path

_UNIT = """\
[Unit]
Description=Opis: {folder}
After=network-online.target remote-fs.target
RequiresMountsFor="{folder}"

[Service]
WorkingDirectory={folder}
Environment="PREFECT_HOME={folder}/prefect"
ExecStart="{program}" serve
SuccessExitStatus=130
Restart=always
RestartSec=10
TimeoutStopSec=30

[Install]
WantedBy=default.target
"""


def make_archive(folder: Path, program: Path) -> list[Path]:
    """Make what is missing of an archive; change nothing that is there.

    Args:
        folder: of the archive; it is made, and so are the folders above.
        program: path of ``opis``, for the unit (systemd.service(5)).

    Returns:
        The folders and files that were made.
    """
    new_paths = [path for name in ("inbox", "output") if not (path := folder / name).exists()]
    for path in new_paths:
        path.mkdir(parents=True)
    texts = {
        "opis.toml": files(__package__).joinpath("opis.toml").read_text("utf-8"),
        "opis.service": _UNIT.format(
            folder=_escape_specifiers(folder.resolve()), program=_escape_specifiers(program)
        ),
    }
    for name, text in texts.items():
        path = folder / name
        if not path.exists():
            path.write_text(text, "utf-8")
            new_paths.append(path)
    return new_paths


def _escape_specifiers(path: Path) -> str:
    return str(path).replace("%", "%%")
