"""Models are built when they are first used. Services import this before FastAPI, whose own models follow."""

from typing import Any

from pydantic import BaseModel

BaseModel.model_config["defer_build"] = True

_build = BaseModel.model_rebuild.__func__  # type: ignore[attr-defined]  # a class method's function


def _build_when_asked(model: type[BaseModel], **options: Any) -> bool | None:
    """Leaves a model to its first use, at which pydantic names options.

    FastAPI asks for three models of OpenAPI while it is imported: an eighth of a cold start, and no function describes
    itself.
    """
    if not options:
        return None
    # Names are looked for where it was called, which this function is between.
    options["_parent_namespace_depth"] = options.get("_parent_namespace_depth", 2) + 1
    built: bool | None = _build(model, **options)
    return built


BaseModel.model_rebuild = classmethod(_build_when_asked)  # type: ignore[assignment, arg-type]
