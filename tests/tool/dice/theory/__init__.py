"""What claims about dice are judged by."""

from math import *  # noqa: F403

from .moments import expectation as expectation
