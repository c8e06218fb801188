"""The routes of content."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

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
from content.service.outlines import Course
from lms.dependencies import CourseId, CourseTeacher, Idempotent, IfMatch, Now, Paging, set_etag
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.security import AnySignedIn, TeacherOrAdmin

app = create_app("content")

ModuleId = Annotated[UUID, Path(alias="moduleId")]
LessonId = Annotated[UUID, Path(alias="lessonId")]


def _member(course_id: CourseId, caller: AnySignedIn) -> Course:
    return outlines.course_to_read(course_id, caller)


OwnCourse = Annotated[Course, Depends(_member)]


@app.get("/courses/{courseId}/outline")
def show_outline(course: OwnCourse, response: Response) -> OutlineView:
    """The whole tree; students see what is published."""
    set_etag(response, course.outline.version)
    return outlines.show(outlines.existing(course))


@app.put("/courses/{courseId}/outline")
def replace_outline(
    course_id: CourseId, caller: CourseTeacher, body: OutlineUpdate, response: Response, if_match: IfMatch, now: Now
) -> OutlineView:
    """Makes the tree what the body says: parts with `id` are kept, others made, those not named deleted."""
    view = outlines.replace(course_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.get("/courses/{courseId}/modules")
def list_modules(course: OwnCourse, paging: Paging, response: Response) -> Page[ModuleView]:
    """The modules of a course in their order; students see what is published."""
    set_etag(response, course.outline.version)
    return modules.listed(outlines.existing(course), paging)


@app.post("/courses/{courseId}/modules", status_code=201)
def add_module(
    course_id: CourseId, caller: CourseTeacher, body: NewModule, response: Response, idempotent: Idempotent, now: Now
) -> ModuleView:
    """Adds a module, at the end or where `position` says."""
    view = modules.add(course_id, caller, body, idempotent, now)
    response.headers["Location"] = modules.location(view)
    set_etag(response, view.version)
    return view


@app.put("/modules/{moduleId}")
def change_module(
    module_id: ModuleId, caller: TeacherOrAdmin, body: ModuleUpdate, response: Response, if_match: IfMatch, now: Now
) -> ModuleView:
    """Replaces the fields given; `position` moves it."""
    view = modules.change(module_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/modules/{moduleId}", status_code=204)
def delete_module(module_id: ModuleId, caller: TeacherOrAdmin, if_match: IfMatch, now: Now) -> None:
    """Deletes a module and its lessons."""
    modules.delete(module_id, caller, if_match, now)


@app.get("/modules/{moduleId}/lessons")
def list_lessons(module_id: ModuleId, caller: AnySignedIn, paging: Paging, response: Response) -> Page[LessonView]:
    """The lessons of a module in their order; students see what is published."""
    page, version = lessons.listed(module_id, caller, paging)
    set_etag(response, version)
    return page


@app.post("/modules/{moduleId}/lessons", status_code=201)
def add_lesson(
    module_id: ModuleId, caller: TeacherOrAdmin, body: NewLesson, response: Response, idempotent: Idempotent, now: Now
) -> LessonView:
    """Adds a lesson, at the end or where `position` says."""
    view = lessons.add(module_id, caller, body, idempotent, now)
    response.headers["Location"] = lessons.location(view)
    set_etag(response, view.version)
    return view


@app.put("/lessons/{lessonId}")
def change_lesson(
    lesson_id: LessonId, caller: TeacherOrAdmin, body: LessonUpdate, response: Response, if_match: IfMatch, now: Now
) -> LessonView:
    """Replaces the fields given; `position` moves it, `asset` names an uploaded file."""
    view = lessons.change(lesson_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/lessons/{lessonId}", status_code=204)
def delete_lesson(lesson_id: LessonId, caller: TeacherOrAdmin, if_match: IfMatch, now: Now) -> None:
    """Deletes a lesson."""
    lessons.delete(lesson_id, caller, if_match, now)


@app.post("/lessons/{lessonId}/asset")
def upload_asset(lesson_id: LessonId, caller: TeacherOrAdmin, body: UploadRequest) -> Upload:
    """A form to upload a lesson's file with; PUT /lessons/{lessonId} with its `key` as `asset` attaches the file."""
    return lessons.upload(lesson_id, caller, body.content_type)


handler = LambdaHandler(app)
