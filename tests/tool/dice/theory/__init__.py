"""What claims about dice are judged by."""

from math import *

from .moments import expectation
