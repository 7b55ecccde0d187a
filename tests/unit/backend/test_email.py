"""What an answer of the mail server means: try again later, or never again. Over a real socket, word by word."""

from __future__ import annotations

import socketserver
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from uuid import UUID

import pytest

from backend.notifications.channels import email
from backend.notifications.channels.email import Mail, NotDelivered, Undeliverable, check, send

MAIL = Mail(
    command_id=UUID(int=7),
    recipient="erika@example.org",
    subject="In Ihrem Postfach liegt ein Bescheid (HUND-1)",
    text="Guten Tag,\n\nbitte melden Sie sich an. Mit freundlichen Grüßen\n",
    language="de",
    at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
)
SENDER = "no-reply@stadt.example"


class Server(socketserver.ThreadingTCPServer):
    """Says what `answers` tells it to for each word of the protocol, and is friendly otherwise."""

    daemon_threads = True

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.answers, self.contents, self.pause = answers, [], 0.0


class Conversation(socketserver.StreamRequestHandler):
    server: Server

    def say(self, word, otherwise):
        time.sleep(self.server.pause)
        self.wfile.write(self.server.answers.get(word, otherwise).encode() + b"\r\n")

    def handle(self):
        self.say("GREETING", "220 hello")
        while line := self.rfile.readline():
            word = line.split()[0].decode().upper()
            self.say(word, "354 go on" if word == "DATA" else "221 bye" if word == "QUIT" else "250 fine")
            if word == "DATA" and "DATA" not in self.server.answers:
                self.server.contents.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.say("CONTENT", "250 stored")
            if word == "QUIT":
                return


@contextmanager
def serving(**answers):
    with Server(answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server, f"smtp://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_the_same_instruction_always_has_the_same_message_id():
    with serving() as (server, address):
        for _ in range(2):
            send(mail=MAIL, server=address, sender=SENDER)
    first, second = (message_from_bytes(content, policy=default) for content in server.contents)
    assert first["Message-ID"] == second["Message-ID"] == f"<{MAIL.command_id}@stadt.example>"
    assert (first["To"], first["From"], first["Auto-Submitted"]) == (MAIL.recipient, SENDER, "auto-generated")
    assert first["Subject"] == MAIL.subject
    assert first.get_content().replace("\r\n", "\n") == MAIL.text


@pytest.mark.parametrize(
    ("word", "code"), [("RCPT", 550), ("RCPT", 553), ("MAIL", 550), ("CONTENT", 554), ("DATA", 554)]
)
def test_a_final_no_is_not_asked_again(word, code):
    with serving(**{word: f"{code} no"}) as (_, address), pytest.raises(Undeliverable):
        send(mail=MAIL, server=address, sender=SENDER)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("RCPT", 450),
        ("MAIL", 451),
        ("CONTENT", 452),
        ("DATA", 421),
        ("GREETING", 421),
        ("GREETING", 554),
        ("EHLO", 421),
    ],
)
def test_a_no_for_now_is_asked_again(word, code):
    answers = {word: f"{code} later"} | ({"HELO": "421 later"} if word == "EHLO" else {})
    with serving(**answers) as (_, address), pytest.raises(NotDelivered):
        send(mail=MAIL, server=address, sender=SENDER)


def test_wrong_credentials_are_our_trouble_and_not_the_citizens_address():
    answers = {"EHLO": "250-hello\r\n250 AUTH PLAIN LOGIN", "AUTH": "535 wrong"}
    with serving(**answers) as (_, address), pytest.raises(NotDelivered):
        send(mail=MAIL, server=address.replace("smtp://", "smtp://us:secret@"), sender=SENDER)


def test_a_mail_that_was_taken_is_sent_even_if_the_goodbye_goes_wrong():
    with serving(QUIT="421 going down") as (server, address):
        send(mail=MAIL, server=address, sender=SENDER)
    assert len(server.contents) == 1


def test_nobody_there():
    with serving() as (_, address):
        check(server=address)
    with pytest.raises(NotDelivered):
        send(mail=MAIL, server=address, sender=SENDER)
    with pytest.raises(NotDelivered):
        check(server=address)


def test_a_server_that_is_slow_at_each_word_does_not_outlast_the_lease(monkeypatch):
    monkeypatch.setattr(email, "SECONDS", 1.0)
    with serving() as (server, address):
        server.pause = 0.4  # each answer comes in time, all of them together do not
        with pytest.raises(NotDelivered):
            send(mail=MAIL, server=address, sender=SENDER)


@pytest.mark.parametrize(
    "recipient", ["=?utf-8?q?victim=40evil.example=2Cx?=@b.example", "a@b.example, c@d.example"]
)
def test_one_address_never_becomes_two(recipient):
    with serving() as (server, address):
        try:
            send(mail=replace(MAIL, recipient=recipient), server=address, sender=SENDER)
        except Undeliverable:
            assert server.contents == []
        else:
            (content,) = server.contents
            to = message_from_bytes(content, policy=default)["To"]
            assert len(to.addresses) == 1
            assert "evil.example" not in to.addresses[0].domain
