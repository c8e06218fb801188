"""What uvicorn serves on the emulator's interpreter: the emulator with a journal, its functions' processes forked."""

import types

from ministack.core import lambda_runtime

from localstack import function_processes
from localstack.journaled import Application

lambda_runtime.subprocess = types.SimpleNamespace(
    **{**vars(lambda_runtime.subprocess), "Popen": function_processes.start}
)

app = Application()
