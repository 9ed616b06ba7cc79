"""Notice when an input reaches lines that none reached before. Costs next to nothing: each line is reported once."""

import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

_TOOLS = (4, 3)  # sys.monitoring's free ids; 0 to 2 and 5 are for debuggers, coverage, profilers and the optimizer


class Coverage:
    """While it is on: how many lines of ours and of ccxt's have run for the first time.

    Where other tools have taken all ids it sees nothing, and the fuzzing is not guided.
    """

    def __init__(self, concerns: Callable[[str], bool]) -> None:
        """`concerns`: whether the lines of a file (its name) count."""
        self.lines = 0
        self._concerns = concerns
        self._tool: int | None = None

    def __enter__(self) -> "Coverage":
        self._tool = next((tool for tool in _TOOLS if sys.monitoring.get_tool(tool) is None), None)
        if self._tool is not None:
            sys.monitoring.use_tool_id(self._tool, "hummingbot-ccxt fuzz")
            sys.monitoring.register_callback(self._tool, sys.monitoring.events.LINE, self._line)
            sys.monitoring.set_events(self._tool, sys.monitoring.events.LINE)
            sys.monitoring.restart_events()
        return self

    def __exit__(self, *_: object) -> None:
        if self._tool is not None:
            sys.monitoring.set_events(self._tool, 0)
            sys.monitoring.free_tool_id(self._tool)
            self._tool = None

    def _line(self, code: CodeType, _: int) -> Any:
        if self._concerns(code.co_filename):
            self.lines += 1
        return sys.monitoring.DISABLE
