"""Handing events to listeners, in order, however the listeners themselves use the engine."""

from collections import deque
from collections.abc import Callable

from .events import Event

Listener = Callable[[Event], None]


class Publisher:
    """Collects an operation's events and delivers them once it is done."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._waiting: deque[Event] = deque()
        self._is_publishing = False

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Every event from now on goes to `listener`; the result ends that, and may be called twice."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    @property
    def has_listeners(self) -> bool:
        """False if making an event would be for nobody."""
        return bool(self._listeners)

    def add(self, event: Event) -> None:
        if self._listeners:
            self._waiting.append(event)

    def publish(self) -> None:
        """Delivers what is waiting.

        A listener that places or cancels orders adds to the end of the queue, so all listeners see one order of
        events. A listener's error keeps no event from any other; the errors are raised together at the end.
        """
        if self._is_publishing:
            return
        self._is_publishing = True
        errors: list[Exception] = []
        try:
            while self._waiting:
                event = self._waiting.popleft()
                for listener in tuple(self._listeners):
                    try:
                        listener(event)
                    except Exception as error:
                        errors.append(error)
        finally:
            self._is_publishing = False
        if errors:
            raise ExceptionGroup("listeners failed; the operation itself was carried out", errors)
