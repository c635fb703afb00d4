"""Moments of one die."""


def expectation(faces: int) -> float:
    """Mean of a fair die."""
    return (faces + 1) / 2
