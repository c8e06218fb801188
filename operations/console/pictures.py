"""python -m operations.console.pictures: takes the README's pictures, of a running stack with demo data.

In a Chromium of this machine; its canvas writes WebP, which Playwright does not.
"""

from __future__ import annotations

import argparse
import base64
import os
import shutil

from playwright.sync_api import Browser, Page, sync_playwright

from operations.source import ROOT

FOLDER = ROOT / "docs" / "pictures"
# Who looks at which screen, in which language, on which size.
PICTURES = {
    "student": ("Student", "/app", "en", 1280, 800),
    "teacher": ("Teacher", "/app", "en", 1280, 800),
}
_AS_WEBP = """async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.8 })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""


def main() -> None:
    options = argparse.ArgumentParser(prog="operations.console.pictures", description=__doc__)
    options.add_argument("--url", default="http://127.0.0.1:8000", help="where the stack's gateway is")
    url = options.parse_args().url
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        for name, (person, path, language, width, height) in PICTURES.items():
            context = browser.new_context(
                base_url=url, viewport={"width": width, "height": height}, color_scheme="light", reduced_motion="reduce"
            )
            page = context.new_page()
            page.goto("/app/sign-in")
            page.get_by_role("button", name=person, exact=True).click()
            page.wait_for_url("**/app")
            page.evaluate("language => localStorage.setItem('lms.language', language)", language)
            page.goto(path)
            page.wait_for_load_state("networkidle")
            (FOLDER / f"{name}.webp").write_bytes(_as_webp(browser, page))
            context.close()
        browser.close()


def _as_webp(browser: Browser, page: Page) -> bytes:
    png = base64.b64encode(page.screenshot()).decode()
    canvas = browser.new_page()
    webp: str = canvas.evaluate(_AS_WEBP, png)
    canvas.close()
    return base64.b64decode(webp)


if __name__ == "__main__":
    main()
