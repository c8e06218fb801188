"""Parameters in the paths of several routes."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

# One name for both meanings, as OpenAPI wants it: a course's id to list, an exam's own to change.
CourseIdAsId = Annotated[UUID, Path(alias="id", description="The course's id.")]
ExamIdAsId = Annotated[UUID, Path(alias="id", description="The exam's id.")]
ExamId = Annotated[UUID, Path(alias="examId")]
AttemptId = Annotated[UUID, Path(alias="attemptId")]
StudentId = Annotated[UUID, Path(alias="studentId")]
