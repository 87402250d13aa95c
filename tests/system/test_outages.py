"""What stays when a part is gone: an SOS is heard and a question is answered, without Rasa and without Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.system.stack import PASSWORD, Stack, part_types

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]

QUESTION = "小児医療費助成について教えてください"


@pytest.fixture(scope="module")
def staff(stack: Stack) -> Iterator[httpx.Client]:
    client = httpx.Client(base_url=f"{stack.base}/api/console", trust_env=False)
    body = {"token": stack.setup_token(), "login": "admin", "name": "さとう", "password": PASSWORD}
    answer = client.post("/setup", json=body)
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    yield client
    client.close()


@pytest.fixture(autouse=True)
def close_pages(stack: Stack) -> Iterator[None]:
    yield
    stack.close_pages()


def waiting(staff: httpx.Client) -> set[str]:
    return {case["conversation_id"] for case in staff.get("/cases").json()["cases"] if case["state"] == "waiting"}


def everything_that_matters_works(stack: Stack, staff: httpx.Client) -> None:
    resident = stack.resident()
    assert "hotlines" in part_types(resident.answer_to("死にたい"))
    assert resident.conversation in waiting(staff)
    answer = stack.resident().answer_to(QUESTION)
    article = next(part for part in answer["parts"] if part["type"] == "article")
    assert article["id"] == "child-medical-subsidy"


def test_all_parts_up(stack: Stack, staff: httpx.Client) -> None:
    everything_that_matters_works(stack, staff)


OUTAGES: dict[str, tuple[Callable[[Stack], None], Callable[[Stack], None]]] = {
    "rasa": (lambda stack: stack.kill("rasa"), lambda stack: stack.start_rasa()),
    "redis": (lambda stack: stack.kill_valkey(), lambda stack: stack.start_valkey()),
}


@pytest.mark.parametrize("part", OUTAGES)
def test_killed_while_chatting(stack: Stack, staff: httpx.Client, part: str) -> None:
    kill, mend = OUTAGES[part]
    resident = stack.resident()
    resident.send("こんにちは")
    kill(stack)
    try:
        assert "hotlines" in part_types(resident.answer_to("消えたい"))
        everything_that_matters_works(stack, staff)
    finally:
        mend(stack)
    everything_that_matters_works(stack, staff)


def test_a_killed_gateway_answers_what_it_had_accepted(stack: Stack) -> None:
    resident = stack.resident()
    sent = [resident.send(f"{QUESTION} {number}") for number in range(3)]
    stack.kill("app")
    stack.start_app()
    asked: list[str] = []
    replied: list[str] = []
    for message in resident.messages(0, 40):
        if message["author"] == "resident":
            asked.append(message["id"])
        elif message["author"] == "machine" and message["in_reply_to"]:
            replied.append(message["in_reply_to"])
        if len(replied) == len(sent):
            break
    assert replied == asked
