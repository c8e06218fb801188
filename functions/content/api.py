"""The routes of content."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from content import files, rules
from content.schemas import (
    LessonUpdate,
    LessonView,
    ModuleUpdate,
    ModuleView,
    NewLesson,
    NewModule,
    OutlineUpdate,
    OutlineView,
    Upload,
    UploadRequest,
)
from content.service import lessons, modules, outlines
from content.service.outlines import Course, PartNotFound
from lms.dependencies import CourseId, CourseTeacher, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import refuses
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import CourseNotFound, NotCourseMember
from lms.security import AnySignedIn, TeacherOrAdmin

app = create_app("content")

ModuleId = Annotated[UUID, Path(alias="moduleId")]
LessonId = Annotated[UUID, Path(alias="lessonId")]


@refuses(NotCourseMember)
def _member(course_id: CourseId, caller: AnySignedIn) -> Course:
    return outlines.course_to_read(course_id, caller)


OwnCourse = Annotated[Course, Depends(_member)]


@app.get("/courses/{courseId}/outline")
@refuses(CourseNotFound)
def get_outline(course: OwnCourse, response: Response) -> OutlineView:
    """The whole outline; students see its published parts."""
    set_etag(response, course.outline.version)
    return outlines.show(outlines.existing(course))


@app.put("/courses/{courseId}/outline")
@refuses(CourseNotFound, rules.UnknownPart, rules.RepeatedPart, *outlines.LIMITS)
def replace_outline(
    course_id: CourseId, caller: CourseTeacher, body: OutlineUpdate, response: Response, if_match: IfMatch, now: Now
) -> OutlineView:
    """Replaces the whole outline: keeps parts with an `id`, creates parts without one, deletes parts left out."""
    view = outlines.replace(course_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.get("/courses/{courseId}/modules")
@refuses(CourseNotFound)
def list_modules(course: OwnCourse, paging: Paging, response: Response) -> Page[ModuleView]:
    """The modules of a course, in order; students see the published ones."""
    set_etag(response, course.outline.version)
    return modules.list_modules(outlines.existing(course), paging)


@app.post("/courses/{courseId}/modules", status_code=201)
@refuses(CourseNotFound, *outlines.LIMITS)
def create_module(
    course_id: CourseId, caller: CourseTeacher, body: NewModule, response: Response, idempotent: Idempotent, now: Now
) -> ModuleView:
    """Adds a module, at the end or at `position`."""
    view = modules.add(course_id, caller, body, idempotent, now)
    response.headers["Location"] = modules.location(view)
    set_etag(response, view.version)
    return view


@app.put("/modules/{moduleId}")
@refuses(PartNotFound, *outlines.LIMITS)
def update_module(
    module_id: ModuleId, caller: TeacherOrAdmin, body: ModuleUpdate, response: Response, if_match: IfMatch, now: Now
) -> ModuleView:
    """Replaces the given fields; `position` moves the module."""
    view = modules.change(module_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/modules/{moduleId}", status_code=204)
@refuses(PartNotFound)
def delete_module(module_id: ModuleId, caller: TeacherOrAdmin, if_match: IfMatch, now: Now) -> None:
    """Deletes a module and its lessons."""
    modules.delete(module_id, caller, if_match, now)


@app.get("/modules/{moduleId}/lessons")
@refuses(PartNotFound)
def list_lessons(module_id: ModuleId, caller: AnySignedIn, paging: Paging, response: Response) -> Page[LessonView]:
    """The lessons of a module, in order; students see the published ones."""
    page, version = lessons.list_lessons(module_id, caller, paging)
    set_etag(response, version)
    return page


@app.post("/modules/{moduleId}/lessons", status_code=201)
@refuses(PartNotFound, rules.UnknownPart, rules.LessonTooLarge, *outlines.LIMITS)
def create_lesson(
    module_id: ModuleId, caller: TeacherOrAdmin, body: NewLesson, response: Response, idempotent: Idempotent, now: Now
) -> LessonView:
    """Adds a lesson, at the end or at `position`."""
    view = lessons.add(module_id, caller, body, idempotent, now)
    response.headers["Location"] = lessons.location(view)
    set_etag(response, view.version)
    return view


@app.get("/lessons/{lessonId}")
@refuses(PartNotFound)
def get_lesson(lesson_id: LessonId, caller: AnySignedIn, response: Response) -> LessonView:
    """One lesson, with its text; students see published ones."""
    view = lessons.show(lesson_id, caller)
    set_etag(response, view.version)
    return view


@app.put("/lessons/{lessonId}")
@refuses(
    PartNotFound,
    rules.UnknownPart,
    rules.RepeatedPart,
    rules.LessonTooLarge,
    files.AssetKeyUnknown,
    files.AssetMissing,
    files.AssetUnfit,
    *outlines.LIMITS,
)
def update_lesson(
    lesson_id: LessonId, caller: TeacherOrAdmin, body: LessonUpdate, response: Response, if_match: IfMatch, now: Now
) -> LessonView:
    """Replaces the given fields; `position` moves the lesson, `asset` attaches an uploaded file."""
    view = lessons.change(lesson_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/lessons/{lessonId}", status_code=204)
@refuses(PartNotFound)
def delete_lesson(lesson_id: LessonId, caller: TeacherOrAdmin, if_match: IfMatch, now: Now) -> None:
    """Deletes a lesson."""
    lessons.delete(lesson_id, caller, if_match, now)


@app.post("/lessons/{lessonId}/asset")
@refuses(PartNotFound)
def upload_asset(lesson_id: LessonId, caller: TeacherOrAdmin, body: UploadRequest) -> Upload:
    """A form to upload a lesson's file; PUT /lessons/{lessonId} with its `key` as `asset` attaches the file."""
    return lessons.upload(lesson_id, caller, body.content_type, body.file_name)


handler = LambdaHandler(app)
