"""A kernel that is no Python: it says what it is told. Run by test_lab_kernels.py."""

from __future__ import annotations

from typing import Any

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class EchoKernel(Kernel):
    implementation = "echo"
    implementation_version = "1"
    language_info = {"name": "echo", "mimetype": "text/plain", "file_extension": ".txt"}
    banner = "It says what it is told."

    def do_execute(self, code: str, silent: bool, *_: Any, **__: Any) -> dict[str, Any]:
        if not silent:
            self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": code})
        count = {"execution_count": self.execution_count}
        return {"status": "ok", "payload": [], "user_expressions": {}, **count}


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=EchoKernel)
