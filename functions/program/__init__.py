"""Programs, their courses, and who is enrolled."""
