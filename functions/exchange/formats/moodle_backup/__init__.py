"""Moodle's course backups (.mbz), as tar.gz and as zip, of Moodle 2 to 5."""

from exchange.formats.moodle_backup.reader import detect, read

__all__ = ["detect", "read"]
