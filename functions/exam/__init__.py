"""Exams: their questions, students' attempts against the clock, grading, release and results."""
