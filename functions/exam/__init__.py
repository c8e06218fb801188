"""Exams: set, sat against the clock, graded, released, told."""
