"""INV-1 under fire: the server is killed (SIGKILL) under load, again and again; no acknowledged submission is lost."""
import os
import random
import re
import signal
import socket
import threading
import time

import httpx
import pytest
from sqlalchemy import select

from benchmarks import _open_street
from campaigns import audit, contents
from campaigns.settings import Settings
from campaigns.store.schema import submission
from forms import answers
from survey.cli.serve import web_command
from tests import live_server

HIDDEN = re.compile(r'<input\b(?=[^>]*type="hidden")(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")[^>]*>')


class KilledServer:
    """The site in its own process group, to be killed whole."""

    def __init__(self, home):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.home = str(home)

    def start(self):
        settings = Settings.read({**os.environ, "SURVEY_HOME": self.home, "SURVEY_PORT": str(self.port)})
        self.process = live_server.start(web_command(settings), self.home)
        for _ in range(300):
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join()


def household(number):
    """A household that no other submission has: what is stored can be told apart."""
    given = _open_street.household()
    return {**given, "suggestion": f"第 {number} 户：楼道灯坏了 𠮷"}


def keep_sending(server, street, codes, acknowledged, stop):
    while not stop.is_set():
        number, code = next(codes)
        given = household(number)
        url = f"http://127.0.0.1:{server.port}/h/{code}/form"
        try:
            with httpx.Client(timeout=10) as phone:
                hidden = HIDDEN.findall(phone.get(url).text)
                answer = phone.post(url, headers={"Referer": url}, data=_dict([*hidden, *answers.to_post(street.form, given)]))
        except httpx.TransportError:
            continue
        if answer.status_code == 303:
            acknowledged.append((number, given))


def _dict(pairs):
    data = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    return data


def rounds_of_crashes(tmp_path, rounds):
    street = _open_street.build(tmp_path / "home", doors=4000 * rounds)
    server = KilledServer(tmp_path / "home")
    numbered = iter(enumerate(street.codes))
    lock, chance, acknowledged = threading.Lock(), random.Random(7), []

    def codes():
        while True:
            with lock:
                yield next(numbered)

    for _ in range(rounds):
        server.start()
        stop = threading.Event()
        residents = [threading.Thread(target=keep_sending, args=(server, street, codes(), acknowledged, stop)) for _ in range(8)]
        for resident in residents:
            resident.start()
        before = len(acknowledged)
        while len(acknowledged) < before + 20:
            time.sleep(0.01)
        time.sleep(chance.random())
        server.kill()
        stop.set()
        for resident in residents:
            resident.join()
    return street, acknowledged


def lost(street, acknowledged):
    """Acknowledged households that the store does not give back as they were sent."""
    key = street.here.keyring.campaign(street.campaign.slug)
    with street.here.store.read() as connection:
        rows = connection.execute(select(submission.c.instance, submission.c.sealed)).all()
        assert audit.broken_at(connection, street.campaign.id) is None
    kept = {given["suggestion"]: given for given in (contents.unseal(key, *row) for row in rows)}
    return [number for number, given in acknowledged
            if not given.items() <= {**kept.get(given["suggestion"], {})}.items()]


def test_inv_1_killing_the_server_under_load_loses_no_acknowledged_submission(tmp_path):
    street, acknowledged = rounds_of_crashes(tmp_path, rounds=3)
    assert len(acknowledged) >= 60
    assert lost(street, acknowledged) == []


@pytest.mark.long
def test_inv_1_twenty_kills_lose_no_acknowledged_submission(tmp_path):
    street, acknowledged = rounds_of_crashes(tmp_path, rounds=20)
    assert len(acknowledged) >= 400
    assert lost(street, acknowledged) == []
