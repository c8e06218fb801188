"""What uvicorn serves on the emulator's interpreter: the emulator, its functions' processes forked."""

import types

from ministack.app import app
from ministack.core import lambda_runtime

from localstack import function_processes

lambda_runtime.subprocess = types.SimpleNamespace(
    **{**vars(lambda_runtime.subprocess), "Popen": function_processes.start}
)

__all__ = ["app"]
