"""The one page in which every screen appears, and the service worker that keeps it."""

import base64
import hashlib
import json
import os
import posixpath
import re
from functools import lru_cache

from fastapi import Response

from console import files
from lms.settings import setting

APP = "app.js"
FRONT = "screens/anybody/front.js"
# What a student needs to go on with a running exam while the line is down.
_OFFLINE = (APP, "screens/student/sit-exam.js")
_OFFLINE_LATER = ("vendor/marked.js", "vendor/purify.js")
STYLES = ("style/base.css", "style/layout.css", "style/parts.css")
_WORDS = tuple(
    f"words/{language}/{name}.json" for language in ("en", "ur") for name in ("anybody", "student", "refusals")
)
_IMPORTS = {
    "preact": "vendor/preact.mjs",
    "preact/hooks": "vendor/preact-hooks.mjs",
    "@preact/signals": "vendor/preact-signals.mjs",
    "@preact/signals-core": "vendor/preact-signals-core.mjs",
    "htm": "vendor/htm.mjs",
    "htm/preact": "vendor/htm-preact.mjs",
    "marked": "vendor/marked.js",
    "dompurify": "vendor/purify.js",
}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# At the beginning of a statement: `import {x} from "..."`, `export {x} from "..."`, `import "..."`.
_STATIC_IMPORT = re.compile(
    r"""(?:^|;)[ \t]*(?:import|export)\b(?:[^"'();=]*\bfrom)?\s*["']([^"'\n]+)["']""", re.MULTILINE
)

# Set only on a local stack, whose people and mails are not real.
_DEMO_PASSWORD = os.environ.get("DEMO_PASSWORD", "")
_MAIL_PAGE = os.environ.get("MAIL_PAGE_URL", "")
_DEMO_PEOPLE = {"student": "student@demo.example", "teacher": "teacher@demo.example", "admin": "admin@demo.example"}
# Where uploads go and files come from: the emulator's one address, or S3's of this bucket.
_FILES_ORIGIN = os.environ.get("AWS_ENDPOINT_URL") or setting("FILES_ORIGIN")


def page(preloaded: str = APP) -> Response:
    """The page; the browser loads a module and all that it imports at once."""
    html, policy = made(preloaded)
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(html, headers=headers, media_type="text/html")


def service_worker() -> Response:
    """The script, with the addresses that it keeps: another version of the files is another script."""
    kept = sorted({*modules(*_OFFLINE), *_OFFLINE_LATER, *STYLES, *_WORDS, "style/exam.css"})
    addresses = json.dumps([files.address(name) for name in kept])
    script = f"const KEPT = {addresses};\n{files.read('service-worker.js').decode()}"
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(script, headers=headers, media_type="text/javascript")


def modules(*names: str) -> list[str]:
    """These modules and whatever they import, but for what they load later."""
    found: list[str] = []
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            waiting += imports_of(name)
    return found


def imports_of(name: str) -> list[str]:
    """What a module imports at once; a test compares it with what deno reads in it."""
    source = _COMMENT.sub("", files.read(name).decode())
    return [_resolved(name, imported) for imported in _STATIC_IMPORT.findall(source)]


def _resolved(importer: str, imported: str) -> str:
    if imported.startswith("."):
        return posixpath.normpath(posixpath.join(posixpath.dirname(importer), imported))
    return _IMPORTS[imported]


@lru_cache
def made(preloaded: str) -> tuple[str, str]:
    """The HTML, and the policy that fits it."""
    import_map = json.dumps({"imports": {name: files.address(path) for name, path in _IMPORTS.items()}})
    links = [
        *(f'<link rel="stylesheet" href="{files.address(name)}">' for name in STYLES),
        *(f'<link rel="modulepreload" href="{files.address(name)}">' for name in modules(APP, preloaded)),
    ]
    html = files.read("index.html").decode()
    for name, text in {
        "import-map": import_map,
        "links": "\n".join(links),
        "settings": json.dumps(_settings()).replace("<", r"\u003c"),
        "app": files.address(APP),
    }.items():
        html = html.replace(f"{{{{{name}}}}}", text)
    digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
    return html, "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self'",
            "font-src 'self'",
            # The institute's logo may be anywhere.
            f"img-src 'self' data: blob: https: {_FILES_ORIGIN}",
            f"media-src 'self' {_FILES_ORIGIN}",
            f"connect-src 'self' {_FILES_ORIGIN}",
            f"frame-src {_FILES_ORIGIN}",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _settings() -> dict[str, object]:
    """What the screens know of this stack."""
    demo = {"people": _DEMO_PEOPLE, "password": _DEMO_PASSWORD, "mailPage": _MAIL_PAGE} if _DEMO_PASSWORD else None
    return {"static": files.address("").rstrip("/"), "demo": demo}
