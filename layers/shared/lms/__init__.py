"""What every service shares: HTTP, security, storage, events. It holds no business rules."""

import gc

# Nearly all that an import or a request makes is kept or freed without a collector. Python would let it look after each
# 700 new objects: a tenth of a cold start. Before pydantic, whose import is the first that is large.
gc.set_threshold(50_000)

from pydantic import BaseModel  # noqa: E402

# A model is built when it is first used. Services import this package before FastAPI, whose own models follow.
BaseModel.model_config["defer_build"] = True
