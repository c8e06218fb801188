"""One module a format: `detect` and `read` answer what a file holds as `exchange.items`, and none knows of another.

Those that have `write` put questions or a course into a file of their format.
"""

from typing import Any

from exchange.formats import common_cartridge, gift, moodle_backup, moodle_xml, olx, qti

FORMATS: tuple[tuple[str, Any], ...] = (
    ("qti", qti),
    ("olx", olx),
    ("commonCartridge", common_cartridge),
    ("moodleBackup", moodle_backup),
    ("moodleXml", moodle_xml),
    ("gift", gift),
)
"""In the order in which a file is held against them."""
WRITERS: dict[str, Any] = {name: module.write for name, module in FORMATS if hasattr(module, "write")}
