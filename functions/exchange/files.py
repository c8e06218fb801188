"""Where the files of imports and exports are in the bucket."""

from uuid import UUID


def upload_key(import_id: UUID) -> str:
    """Where the file itself is uploaded, below `uploads/`."""
    return f"{folder(import_id)}upload"


def part_key(import_id: UUID, part: int) -> str:
    """The JSON of what is applied in one go."""
    return f"{folder(import_id)}parts/{part:05d}.json"


def file_key(import_id: UUID, number: int) -> str:
    """A file that came in the package; its name there says nothing about it here."""
    return f"{folder(import_id)}files/{number:05d}"


def folder(import_id: UUID) -> str:
    return f"imports/{import_id}/"


def export_folder(export_id: UUID) -> str:
    """Where the parts of an export are, and the file that is made of them."""
    return f"course-exports/{export_id}/"


def export_key(export_id: UUID) -> str:
    return f"{export_folder(export_id)}file"
