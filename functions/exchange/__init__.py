"""Question banks and courses that come from elsewhere and go elsewhere: formats, imports and exports."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
