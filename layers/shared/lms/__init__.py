"""What every service shares: HTTP, security, storage, events. It holds no business rules."""

from pydantic import BaseModel

# A model is built when it is first used. Services import this package before FastAPI, whose own models follow.
BaseModel.model_config["defer_build"] = True
