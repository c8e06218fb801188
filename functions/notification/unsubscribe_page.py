"""The pages behind the link that ends mails: a question, because scanners of mail open links, and an answer."""

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>E-mail notifications</title>
<h1>E-mail notifications</h1>
{content}
</html>
"""
# Without an action, a form goes to the address of its own page, the token included.
QUESTION = _PAGE.format(content='<form method="post"><button>Stop e-mails of this kind</button></form>')
ANSWER = _PAGE.format(
    content="<p>You will no longer get e-mails of this kind. You can turn them on again in your preferences.</p>"
)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
