"""The other libraries, each in the fastest form that its own documentation shows."""

from typing import Any

import aiosignal
import blinker
import django.dispatch
import events
import psygnal
import pubsub.core.publisher
import pydispatch.dispatcher
import pyee

from .subjects import Payload, Subject


class Blinker(Subject):
    name = "blinker"
    module = "blinker"
    filters = True
    sending = "signal.send(sender{arguments})"

    def __init__(self, payload: Payload) -> None:
        self.signal = blinker.Signal()

    def mute(self) -> object:
        mute = self.signal.muted()
        mute.__enter__()
        return mute


class AsyncBlinker(Blinker):
    asynchronous = True
    sending = "await signal.send_async(sender{arguments})"


class Django(Subject):
    name = "Django"
    module = "django.dispatch"
    filters = True
    most = 1000
    sending = "signal.send(sender{arguments})"
    receiving = "sender, **kwargs"  # which Django demands

    def __init__(self, payload: Payload) -> None:
        self.signal = django.dispatch.Signal()


class DjangoCached(Django):
    name = "Django, cached"

    def __init__(self, payload: Payload) -> None:
        self.signal = django.dispatch.Signal(use_caching=True)


class AsyncDjango(Django):
    asynchronous = True
    sending = "await signal.asend(sender{arguments})"


class Psygnal(Subject):
    """Its sender is an argument like any other."""

    name = "psygnal emit_fast"
    module = "psygnal"
    lacks = "frkc"
    positional = True
    most = 1000
    sending = "signal.emit_fast(sender{arguments})"

    def __init__(self, payload: Payload) -> None:
        arguments = [object] * (1 + len(payload.names))
        owner = type("Owner", (), {"changed": psygnal.Signal(*arguments, check_nargs_on_connect=False)})
        self.owner: Any = owner()
        self.signal = self.owner.changed

    def mute(self) -> object:
        self.signal.block()
        return None


class PsygnalEmit(Psygnal):
    name = "psygnal emit"
    sending = "signal.emit(sender{arguments})"


class Pyee(Subject):
    name = "pyee"
    module = "pyee"
    lacks = "sr"
    positional = True
    sending = "signal.emit('changed', sender{arguments})"

    def __init__(self, payload: Payload) -> None:
        self.signal = pyee.EventEmitter()

    def connect(self, receiver: Any, sender: object = None) -> None:
        self.signal.add_listener("changed", receiver)

    def disconnect(self, receiver: Any) -> None:
        self.signal.remove_listener("changed", receiver)


class Events(Subject):
    name = "events"
    module = "events"
    lacks = "sr"
    positional = True
    sending = "signal.changed(sender{arguments})"

    def __init__(self, payload: Payload) -> None:
        self.signal = events.Events()

    def connect(self, receiver: Any, sender: object = None) -> None:
        self.signal.changed += receiver

    def disconnect(self, receiver: Any) -> None:
        self.signal.changed -= receiver


class PyDispatcher(Subject):
    name = "PyDispatcher"
    module = "pydispatch.dispatcher"
    filters = True
    most = 1000
    sending = "send(signal, sender{arguments})"

    def __init__(self, payload: Payload) -> None:
        self.signal = object()

    def connect(self, receiver: Any, sender: object = None) -> None:
        of = pydispatch.dispatcher.Any if sender is None else sender
        pydispatch.dispatcher.connect(receiver, self.signal, of)

    def disconnect(self, receiver: Any) -> None:
        pydispatch.dispatcher.disconnect(receiver, self.signal, pydispatch.dispatcher.Any)

    def names(self, sender: object) -> dict[str, Any]:
        return {"send": pydispatch.dispatcher.send, "signal": self.signal, "sender": sender}


class PyPubSub(Subject):
    name = "PyPubSub"
    module = "pubsub.pub"
    lacks = "r"
    sending = "signal.sendMessage('changed', sender=sender{arguments})"

    def __init__(self, payload: Payload) -> None:
        self.signal = pubsub.core.publisher.Publisher()

    def connect(self, receiver: Any, sender: object = None) -> None:
        self.signal.subscribe(receiver, "changed")

    def disconnect(self, receiver: Any) -> None:
        self.signal.unsubscribe(receiver, "changed")


class Aiosignal(Subject):
    name = "aiosignal"
    module = "aiosignal"
    lacks = "src"
    asynchronous = True
    sending = "await signal.send(sender{arguments})"

    def __init__(self, payload: Payload) -> None:
        self.signal = aiosignal.Signal(self)

    def connect(self, receiver: Any, sender: object = None) -> None:
        self.signal.append(receiver)

    def prepare(self) -> None:
        self.signal.freeze()
