"""Help page: the endpoints on one page that needs nothing from anywhere else."""

import html
from typing import Any

from ivr.server.control.roles import ROLES

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #222; background: #fff }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
         border-bottom: 1px solid #ddd }
code { font: 14px ui-monospace, monospace; white-space: nowrap }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 }
                                      td, th { border-color: #444 } a { color: #9cf } }
"""

_STREAMS = (
    ("stream", "/v1/stream", "The picture, then its changes; ?topics=records,screens,alarms"),
    ("calls.stream", "/v1/calls/{call}/stream", "What was and is said in one call"),
)


def help_page(document: dict[str, Any]) -> str:
    """HTML of an OpenAPI document's endpoints, with the least role of each."""
    rows = [
        _row(method.upper(), path, one["operationId"], one["summary"], one.get("description", ""))
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    rows += [_row("WS", path, name, summary, "") for name, path, summary in _STREAMS]
    title = html.escape(document["info"]["title"])
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<style>{_STYLE}</style><h1>{title}</h1>"
        f"<p>{html.escape(document['info']['description'])}</p>"
        '<p>For programs: <a href="/v1/openapi.json">/v1/openapi.json</a></p>'
        f"<table><tr><th>endpoint<th>least role<th>what it does</tr>{''.join(rows)}</table></html>"
    )


def _row(method: str, path: str, name: str, summary: str, description: str) -> str:
    texts = (f"{method} {path}", ROLES[name].word, summary, description)
    endpoint, role, what, more = map(html.escape, texts)
    return f"<tr><td><code>{endpoint}</code><td>{role}<td>{what}.<br><small>{more}</small></tr>"
