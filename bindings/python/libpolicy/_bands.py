"""From scores to grade bands."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Iterable, Mapping

from . import native
from ._enums import Band, Language, language_of
from ._findings import Notice, notice_of
from ._handle import Handle, Turn
from ._tables import Progress, told_by

if TYPE_CHECKING:
    from ._engine import Engine


class Bands:
    """A band scheme. ``of`` gives a band's number, best first from 0, or a :class:`Band` below 0 for what is none."""

    def __init__(self, engine: Engine, id: str | None = None) -> None:
        self._engine = engine  # keeps it alive
        self._native = native.engine_bands(engine._native, id)

    @property
    def id(self) -> str:
        """As the pack names it."""
        name: str = native.bands_id(self._check())
        return name

    def _check(self) -> object:
        if self._engine.closed:
            raise ValueError("the engine is closed")
        return self._native

    def title(self, language: Language | str = Language.ZH) -> str:
        """For people."""
        title: str = native.bands_title(self._check(), language_of(language))
        return title

    def __len__(self) -> int:
        return native.bands_count(self._check())

    @property
    def minimums(self) -> tuple[float, ...]:
        """The share of full marks from which on each band is given, best first."""
        return tuple(native.bands_from(self._check(), i) for i in range(len(self)))

    def of(self, score: float | str | None, full: float) -> int:
        """The band of one score, a number or a cell's text, under full marks."""
        if isinstance(score, str):
            code = native.bands_of_text(self._check(), score, full)
        else:
            code = native.bands_of(self._check(), float("nan") if score is None else float(score), full)
        return code if code >= 0 else Band(code)

    def text(self, band: int, language: Language | str = Language.ZH) -> str:
        """What is shown for a band or a status."""
        shown: str = native.bands_text(self._check(), band, language_of(language))
        return shown

    def column(self, scores: Iterable[float | str | None], full: float, language: Language | str = Language.ZH) -> list[str]:
        """What is shown for each score."""
        names = {}
        shown = []
        for score in scores:
            band = self.of(score, full)
            if band not in names:
                names[band] = self.text(band, language)
            shown.append(names[band])
        return shown

    def sheet(
        self, path: str | os.PathLike[str], full_marks: Mapping[str, float] | None = None, progress: Progress = None
    ) -> BandSheet:
        """A score sheet turned into bands. Full marks are never guessed: give those that the sheet does not say."""
        return BandSheet(self, path, full_marks or {}, progress)


class BandSheet(Handle):
    """Who has which band; rows in an order that says nothing about scores."""

    __slots__ = ("_bands", "_turn")

    def __init__(
        self, bands: Bands, path: str | os.PathLike[str], full_marks: Mapping[str, float], progress: Progress
    ) -> None:
        self._bands = bands
        self._turn = Turn()
        self._own(native.band_sheet_new(bands._check()), native.band_sheet_free)
        for subject, full in full_marks.items():
            native.band_sheet_set_full_marks(self._native, subject or None, full)
        with self._turn:
            native.band_sheet_read(self._native, os.fspath(path), told_by(progress))

    def columns(self, language: Language | str = Language.ZH) -> list[str]:
        """Titles of the columns."""
        n, code = self._native, language_of(language)
        return [native.band_sheet_column_title(n, i, code) for i in range(native.band_sheet_column_count(n))]

    def rows(self, language: Language | str = Language.ZH) -> list[list[str]]:
        """Cells, row by row."""
        n, code = self._native, language_of(language)
        width = native.band_sheet_column_count(n)
        return [
            [native.band_sheet_cell(n, row, column, code) for column in range(width)]
            for row in range(native.band_sheet_row_count(n))
        ]

    def summary(self, language: Language | str = Language.ZH) -> tuple[list[str], list[list[str]]]:
        """How many students are in which band, small counts hidden: titles and rows."""
        s = native.band_summary_new(self._native)
        try:
            code = language_of(language)
            width = native.band_summary_column_count(s)
            titles = [native.band_summary_column_title(s, i, code) for i in range(width)]
            rows = [
                [native.band_summary_cell(s, row, column, code) for column in range(width)]
                for row in range(native.band_summary_row_count(s))
            ]
            return titles, rows
        finally:
            native.band_summary_free(s)

    @property
    def unknown(self) -> int:
        """Cells that ought to have a band and have none."""
        return native.band_sheet_unknown_count(self._native)

    @property
    def notices(self) -> list[Notice]:
        """What was noticed."""
        n = self._native
        return [notice_of(native.band_sheet_notice(n, i)) for i in range(native.band_sheet_notice_count(n))]
