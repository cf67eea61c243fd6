"""One of a few things, always exactly one."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import streamlit as st

Option = TypeVar("Option")


def choose_one(
    title: str,
    options: Iterable[Option],
    *,
    key: str,
    default: Option | None = None,
    titles: Callable[[Option], Any] = str,
    in_address: bool = True,
) -> Option:
    """Let the visitor choose; the first option is the default, if no other is named."""
    options = list(options)
    return st.segmented_control(
        title,
        options,
        default=options[0] if default is None else default,
        format_func=titles,
        required=True,
        key=key,
        bind="query-params" if in_address else None,
    )
