"""The rules of exams: pure, and handed the time."""
