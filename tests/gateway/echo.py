"""The upstream that the cases expect: answers with what it saw, as JSON, steered by X-Echo-* headers."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar


class EchoHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "echo/1"
    sys_version = ""
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def _echo(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "X-Echo-Close" in self.headers:
            self.close_connection = True
            return
        time.sleep(float(self.headers.get("X-Echo-Sleep", 0)))
        saw = {
            "echo": True,
            "method": self.command,
            "target": self.path,
            "http_version": self.request_version,
            "headers": list(self.headers.items()),
            "body": body.decode(errors="replace") if len(body) < 2000 else f"<{len(body)} bytes>",
        }
        self._answer(int(self.headers.get("X-Echo-Status", 200)), json.dumps(saw).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        for value in self.headers.get_all("X-Echo-Header", []):
            self.send_header(*value.split("=", 1))
        self.send_header("Content-Type", "application/json")
        if status in (204, 304):
            self.end_headers()
            return
        surplus = 500 if "X-Echo-Truncate" in self.headers else 0
        self.send_header("Content-Length", str(len(body) + surplus))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        if surplus:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do_PURGE = _echo


class EchoServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address: ClassVar[bool] = True

    @property
    def port(self) -> int:
        return self.server_address[1]

    def __enter__(self) -> "EchoServer":
        Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
