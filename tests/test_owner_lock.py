"""A note exists as long as the process that owns it, however that process ends."""

import multiprocessing
import os
import signal
import threading
from pathlib import Path

import pytest

from pipeline.owner_lock import clear_abandoned, hold_note, remove_note


def _own(folder: Path, place: object, go: object) -> None:
    with hold_note(folder) as note:
        note.write_text("mine")
        place.put(note)  # type: ignore[attr-defined]
        go.wait(30)  # type: ignore[attr-defined]
        remove_note(note)


def test_a_note_of_a_live_owner_stays_and_one_of_a_killed_owner_is_cleared(tmp_path: Path) -> None:
    context, texts = multiprocessing.get_context("spawn"), list[str]()
    place, go = context.Queue(), context.Event()
    owner = context.Process(target=_own, args=[tmp_path, place, go])
    owner.start()
    note = place.get(timeout=30)

    def clear(note: Path) -> None:
        texts.append(note.read_text())
        remove_note(note)

    clear_abandoned(tmp_path, clear)
    assert (texts, note.exists()) == ([], True)
    os.kill(owner.pid or 0, signal.SIGKILL)
    owner.join()
    clear_abandoned(tmp_path, clear)
    assert (texts, list(tmp_path.iterdir())) == (["mine"], [])


def test_a_note_that_is_removed_leaves_nothing(tmp_path: Path) -> None:
    with hold_note(tmp_path / "notes") as note:
        assert not note.exists()
        note.write_text("mine")
        clear_abandoned(note.parent)
        assert note.read_text() == "mine"
        remove_note(note)
    assert list((tmp_path / "notes").iterdir()) == []


def test_what_could_not_be_cleared_is_cleared_the_next_time(tmp_path: Path) -> None:
    with hold_note(tmp_path) as note:
        note.write_text("left")

    def fail(note: Path) -> None:
        raise OSError(note)

    with pytest.raises(OSError, match=note.name):
        clear_abandoned(tmp_path, fail)
    assert note.exists()
    clear_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("left", ["note.txt", "note.lock"])
def test_half_of_a_pair_is_cleared_and_other_files_are_left(tmp_path: Path, left: str) -> None:
    (tmp_path / left).touch()
    (tmp_path / "claims.mutex").touch()
    clear_abandoned(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["claims.mutex"]


def test_a_folder_that_is_not_there_holds_no_note(tmp_path: Path) -> None:
    clear_abandoned(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_two_that_clear_at_once_clear_each_note_once(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.txt").write_text(str(number))
    texts, start = list[str](), threading.Barrier(4)

    def clear(note: Path) -> None:
        if note.exists():
            texts.append(note.read_text())
        remove_note(note)

    def run() -> None:
        start.wait(10)
        clear_abandoned(tmp_path, clear)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, texts)) == list(range(50))
    assert list(tmp_path.iterdir()) == []
