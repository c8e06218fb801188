"""The one page on which a developer reads what the system sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

_LINK = re.compile(r"https?://[^\s<>\"']+")

_FRAME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sent messages ({count})</title>
<style nonce="{nonce}">
  :root {{ color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }}
  body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }}
  h1 {{ font-size: 1.25rem; }}
  details {{ border-top: 1px solid var(--line); }}
  summary {{ display: grid; grid-template-columns: 3rem 1fr auto; gap: .75rem; padding: .6rem 0; cursor: pointer; }}
  summary b {{ display: block; overflow-wrap: anywhere; }}
  .kind, time, .to {{ font-size: .85rem; opacity: .7; }}
  pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: 0 0 1rem 3.75rem; }}
  iframe {{ width: 100%; height: 24rem; border: 1px solid var(--line); background: #fff; margin-bottom: 1rem; }}
</style>
<h1>Sent messages</h1>
<p>Mails and SMS that the system sent, newest first. None of them left this machine.</p>
<main>{entries}</main>
<script nonce="{nonce}">
  const shown = {latest};
  setInterval(async () => {{
    const latest = await fetch("/latest").then((answer) => answer.text()).catch(() => shown);
    if (latest !== shown && !document.querySelector("details[open]")) location.reload();
  }}, 2000);
</script>
</html>
"""


def page(caught: Iterable[tuple[str, dict[str, Any]]], nonce: str) -> str:
    """The whole page; everything that was sent is escaped, and HTML mails are shown where no script runs."""
    documents = list(caught)
    entries = "".join(_mail(document) if kind == "mail" else _sms(document) for kind, document in documents)
    return _FRAME.format(
        count=len(documents),
        nonce=escape(nonce),
        entries=entries or "<p>Nothing yet.</p>",
        latest=f'"{escape(latest(documents))}"',
    )


def latest(documents: list[tuple[str, dict[str, Any]]]) -> str:
    """The id of the newest message, by which the page sees that there is another."""
    if not documents:
        return ""
    kind, document = documents[0]
    return str(document["ID"] if kind == "mail" else document["sid"])


def _mail(mail: dict[str, Any]) -> str:
    to = ", ".join(who["Address"] for who in mail["To"] + mail["Cc"] + mail["Bcc"])
    body = f"<pre>{_linked(mail['Text'])}</pre>" if mail["Text"] else ""
    if mail["HTML"]:
        body += f'<iframe sandbox title="The mail as HTML" srcdoc="{escape(mail["HTML"])}"></iframe>'
    return _entry("mail", mail["Subject"] or "(no subject)", to, mail["Created"], body)


def _sms(sms: dict[str, Any]) -> str:
    return _entry("SMS", sms["body"], sms["to"], sms["date_created"], f"<pre>{_linked(sms['body'])}</pre>")


def _entry(kind: str, title: str, to: str, when: str, body: str) -> str:
    return (
        f'<details><summary><span class="kind">{kind}</span>'
        f'<span><b>{escape(title)}</b><span class="to">to {escape(to)}</span></span>'
        f"<time>{escape(when[:19].replace('T', ' '))}</time></summary>{body}</details>"
    )


def _linked(text: str) -> str:
    parts, end = [], 0
    for link in _LINK.finditer(text):
        address = escape(link[0])
        parts += [escape(text[end : link.start()]), f'<a href="{address}" rel="noreferrer">{address}</a>']
        end = link.end()
    return "".join([*parts, escape(text[end:])])
