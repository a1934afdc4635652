"""Health: whether the process lives, whether callers can be served, and figures for Prometheus."""

from fastapi import FastAPI
from starlette.responses import JSONResponse, Response

from ivr.server.api.faults import faults
from ivr.server.api.models import Alive, Ready
from ivr.server.api.needs import Needs

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def add_health(app: FastAPI, needs: Needs) -> None:
    """Add what monitoring asks."""

    @app.get("/healthz", name="alive", tags=["health"], summary="Does it live?")
    async def alive() -> Alive:
        """An answer means that the event loop runs; no token needed."""
        return Alive(lag=round(needs.hub.lag, 4))

    @app.get(
        "/readyz",
        name="ready",
        tags=["health"],
        summary="Can callers be served?",
        response_model=Ready,
        responses={503: {"model": Ready, "description": "No, for these reasons."}},
    )
    async def ready() -> JSONResponse:
        """503 with reasons while Asterisk, the speech model, a listener or the record is amiss; no
        token needed."""
        reasons = needs.readiness.reasons()
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    @app.get(
        "/metrics",
        name="metrics",
        tags=["health"],
        summary="Figures for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}, **faults()},
    )
    async def metrics() -> Response:
        """Prometheus' text format."""
        return Response(needs.metrics(needs.now()), media_type=METRICS_TYPE)
