"""One module a format: `detect` and `read` answer what a file holds as `exchange.items`, and none knows of another."""

from typing import Any

from exchange.formats import common_cartridge, gift, moodle_backup, moodle_xml, olx, qti

FORMATS: tuple[Any, ...] = (
    ("qti", qti),
    ("olx", olx),
    ("commonCartridge", common_cartridge),
    ("moodleBackup", moodle_backup),
    ("moodleXml", moodle_xml),
    ("gift", gift),
)
