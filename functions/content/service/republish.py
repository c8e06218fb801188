"""Republishing every outline, for projections that are new or were damaged."""

from content.service import outlines
from lms import roster
from lms.republish import Collection

OUTLINES = Collection(roster.all_courses, outlines.republish)
