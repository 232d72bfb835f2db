"""A site of one empty page: what the server and Flask take for a request, before anything is done with it."""
from __future__ import annotations

from flask import Flask, request

app = Flask(__name__)


@app.post("/openrosa/submission")
def empty() -> tuple[str, int]:
    request.get_data()
    return "", 201
