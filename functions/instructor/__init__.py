"""Instructors, the courses they teach, and their classes."""
