"""What content adds to the export of a course: its outline with texts, links and files."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from content.service.lessons import texts_of
from lms import course_exports, markdown_images
from lms.assets import content_type_of
from lms.curriculum import Asset, Lesson
from lms.events.exchange import CourseExportRequested
from lms.outline import read_outline


def add_outline(event: CourseExportRequested, now: datetime) -> None:
    """Adds the whole outline, unpublished parts included."""
    modules = read_outline(event.course_id).modules
    lessons = [lesson for module in modules for lesson in module.lessons]
    texts = texts_of(lessons)
    assets = {lesson.asset.key: lesson for lesson in lessons if lesson.asset}
    names = _names(assets.values())
    pictures = {
        (lesson_id, name): f"images/{lesson_id}/{PurePosixPath(key).name}"
        for lesson_id, text in texts.items()
        for name, key in text.images.items()
    }

    def shown(lesson: Lesson) -> dict[str, Any]:
        file = names[lesson.asset.key] if lesson.asset else None
        row = texts.get(lesson.id)
        own = {name: pictures[lesson.id, name] for name in row.images} if row else {}
        text = markdown_images.renamed(row.text, own) if row else ""
        return {"title": lesson.title, "text": text, "link": lesson.content_url, "file": file}

    outline = {
        "modules": [{"title": module.title, "lessons": list(map(shown, module.lessons))} for module in modules],
        "files": [
            *(_file(lesson.asset, names) for lesson in assets.values() if lesson.asset),
            *(_picture(texts[lesson_id].images[name], path) for (lesson_id, name), path in pictures.items()),
        ],
    }
    course_exports.add_part(event, "outline", outline, now)


def _file(asset: Asset, names: dict[str, str]) -> dict[str, Any]:
    content_type = content_type_of(asset.key)
    return {"key": asset.key, "name": names[asset.key], "contentType": content_type, "size": asset.size}


def _picture(key: str, name: str) -> dict[str, Any]:
    return {"key": key, "name": name, "contentType": content_type_of(key), "size": None}


def _names(lessons: Iterable[Lesson]) -> dict[str, str]:
    """What the files of lessons are called in a package, by their keys: their own names, each once."""
    names: dict[str, str] = {}
    for lesson in lessons:
        if lesson.asset is None:
            continue
        suffix = PurePosixPath(lesson.asset.key).suffix
        stem = (lesson.asset.file_name or lesson.title).replace("/", "-").removesuffix(suffix) or "file"
        name, number = f"{stem}{suffix}", 1
        while name in names.values():
            number += 1
            name = f"{stem}-{number}{suffix}"
        names[lesson.asset.key] = name
    return names
