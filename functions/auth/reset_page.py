"""The page behind the links in mails: sets a password with the link's token, which stays in the browser (`#token=`)."""

import base64
import hashlib

_SCRIPT = """
const form = document.querySelector("form"), out = document.querySelector("output");
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (!token) {
  out.textContent = "This link is incomplete. Open it again from the email we sent you.";
  form.hidden = true;
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  out.textContent = "Setting your password…";
  try {
    const answer = await fetch(location.pathname, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token, new_password: form.password.value }),
    });
    const body = await answer.json();
    out.textContent = body.errors ? body.errors.map((e) => e.msg).join(" ") : body.message || body.detail;
    form.hidden = answer.ok;
  } catch { out.textContent = "We could not reach the server. Check your connection and try again."; }
});
"""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 12vh auto; padding: 0 1rem; color: #1c2430; }
h1 { font-size: 1.4rem; } label { display: block; margin-bottom: .25rem; }
input, button { font: inherit; padding: .6rem; width: 100%; box-sizing: border-box; border-radius: 6px; }
input { border: 1px solid #9aa5b4; } button { margin-top: 1rem; border: 0; background: #1f5fbf; color: #fff; }
output { display: block; margin-top: 1rem; min-height: 1.5em; }
"""

HTML = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Set your password</title>
<style>{_STYLE}</style>
<h1>Set your password</h1>
<form>
  <label for="password">New password (at least 8 characters)</label>
  <input id="password" name="password" type="password" autocomplete="new-password"
    minlength="8" maxlength="128" required>
  <button>Set password</button>
</form>
<output role="status"></output>
<script>{_SCRIPT}</script>
</html>
"""


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; connect-src 'self'; script-src {_source(_SCRIPT)}; "
    f"style-src {_source(_STYLE)}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
