"""A phone's queue and a server that is killed in the middle of it (INV-1, DLV-1, DLV-2); many phones at once."""
import asyncio
import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import func, select

from benchmarks import _open_street, phones
from benchmarks.intake import Server
from campaigns import audit
from campaigns.installation import Installation
from campaigns.settings import Settings
from campaigns.store.fieldwork import delivery
from campaigns.store.schema import submission, tally
from tests.test_crash import KilledServer

AT_ONCE = 10


def send(server, phone, items):
    """The answers to a request, None when the server did not live to give them."""
    try:
        answer = httpx.post(f"http://127.0.0.1:{server.port}/v/app/sync", content=phones.body_of(items), timeout=30, headers={
            "Cookie": phone.cookie, "X-CSRFToken": phone.token, "Content-Type": "application/json"})
    except httpx.TransportError:
        return None
    assert answer.status_code == 200, answer.text[:300]
    return json.loads(answer.content)["answers"]


def send_all(server, phone, queue, acknowledged):
    """A queue from its start to its end, or to the death of the server; adds {item: answer}."""
    waiting = list(queue)
    while waiting:
        answers = send(server, phone, waiting[:AT_ONCE])
        if answers is None:
            return
        acknowledged.update({each["id"]: each for each in answers if each["status"] != "later"})
        waiting = [each for each in waiting if each["id"] not in acknowledged]


def all_at_once(server, crew, queues, acknowledged):
    threads = [threading.Thread(target=send_all, args=(server, phone, queue, acknowledged)) for phone, queue in zip(crew, queues)]
    for thread in threads:
        thread.start()
    return threads


def counts(here):
    with here.store.read() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (submission, tally, delivery)]


def killed_in_the_middle(tmp_path, rounds, crew_size, forms):
    """Each round: all phones send, the server is killed, and the same queues are sent again."""
    street = _open_street.build(tmp_path / "home", doors=rounds * crew_size * forms)
    here = Installation(Settings(home=tmp_path / "home"))
    crew = phones.sign_in(here, street.campaign, crew_size)
    server, chance, doors, sent, cut = KilledServer(tmp_path / "home"), random.Random(7), iter(range(1, 10**6)), 0, 0
    server.start()
    for _ in range(rounds):
        queues = [[phones.form(street, next(doors)) for _ in range(forms)] for _ in crew]
        before = {}
        threads = all_at_once(server, crew, queues, before)
        while not before:
            time.sleep(0.005)
        time.sleep(chance.random() * 0.1)
        server.kill()
        for thread in threads:
            thread.join()
        cut += len(before) < crew_size * forms
        server.start()
        after = {}
        for thread in all_at_once(server, crew, queues, after):
            thread.join()
        sent += crew_size * forms
        assert {each["status"] for each in after.values()} <= {"taken", "again"} and len(after) == crew_size * forms
        assert all((after[item]["status"], after[item]["receipt"]) == ("again", answer["receipt"]) for item, answer in before.items())
        assert counts(here) == [sent] * 3
    server.kill()
    with here.store.read() as connection:
        assert audit.broken_at(connection, street.campaign.id) is None
    here.store.close()
    return cut


def test_dlv_2_a_queue_cut_off_by_the_servers_death_and_sent_again_is_taken_once(tmp_path):
    killed_in_the_middle(tmp_path, rounds=1, crew_size=3, forms=40)


@pytest.mark.long
def test_dlv_2_twenty_deaths_in_the_middle_of_queues_lose_and_double_nothing(tmp_path):
    assert killed_in_the_middle(tmp_path, rounds=20, crew_size=4, forms=60) >= 10


@pytest.mark.long
def test_two_hundred_phones_at_once_have_every_form_taken_once(tmp_path):
    street = _open_street.build(tmp_path / "home", doors=200 * 10)
    here = Installation(Settings(home=tmp_path / "home"))
    crew, doors = phones.sign_in(here, street.campaign), iter(range(1, 10**6))
    queues = [[phones.form(street, next(doors)) for _ in range(10)] for _ in crew]
    # In a thread of its own: where a browser ran before in this process, this one has an event loop already.
    with Server(tmp_path / "home") as server, ThreadPoolExecutor(1) as thread:
        for _ in range(2):
            sent = thread.submit(lambda: asyncio.run(phones.sync(server, crew, queues))).result()
            assert len(sent.acknowledged) == 2000
    assert counts(here) == [2000] * 3
    here.store.close()
