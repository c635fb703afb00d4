"""This site's own settings: randomness of every library that snippets may import is seeded by torch, or fails."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from exhibits.model import Job, Part, Run
from exhibits.run import launch, start_server
from exhibits.store import variables

DRAWS = {
    "torch": "import torch\ntorch.rand(1)\n",
    "a layer of torch": "import torch\ntorch.nn.Linear(2, 2)\n",
    "numpy": "import numpy as np\nnp.random.rand()\n",
    "numpy with a seed": "import numpy as np\nnp.random.seed(0)\nnp.random.rand()\n",
    "a generator of numpy": "import numpy as np\nnp.random.default_rng(0)\n",
    "a state of numpy": "import numpy as np\nnp.random.RandomState(0)\n",
    "a generator of torch": "import torch\ntorch.Generator().manual_seed(0)\n",
    "random with a seed": "import random\nrandom.seed(0)\nrandom.random()\n",
    "scikit-learn": "from sklearn.model_selection import train_test_split\ntrain_test_split([1, 2, 3])\n",
    "scikit-learn with a seed": "from sklearn.utils import check_random_state\ncheck_random_state(0)\n",
    "scipy": "from scipy.stats import norm\nnorm.rvs()\n",
    "the system": "import os\nos.urandom(1)\n",
    "the time as seed": "import time, torch\ntorch.seed()\ntorch.rand(1)\n",
}


@pytest.fixture(scope="module")
def settings(source):
    start_server(variables(source.settings.run), ("torch", "numpy", "sklearn.model_selection"))
    return source.setup()


def outcome(code: str, settings, **fields):
    return launch(Job("a/b", "a/b.py", (Part(code),), setup=settings, **fields))


@pytest.mark.parametrize("case", DRAWS)
def test_what_no_build_could_repeat_or_shift_fails(case, settings):
    failures = outcome(DRAWS[case], settings)
    assert isinstance(failures, list), "ran"
    message = failures[0].message
    assert "without a seed" in message or "randomness that a build cannot" in message, message


def test_torchs_seed_is_the_one_that_shifts(settings):
    code = "import torch\ntorch.manual_seed(0)\nx = torch.rand(1).item()\n"
    first, again, other = (outcome(code, settings, expressions=("x",), shift=shift) for shift in (0, 0, 1))
    assert isinstance(other, Run) and first.values == again.values != other.values and first.seeded
    wider = replace(settings, stride=settings.stride + 1)
    assert outcome(code, wider, expressions=("x",), shift=1).values != other.values
