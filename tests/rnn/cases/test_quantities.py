"""The quantities that an array may stand for: of every network its own."""

from __future__ import annotations

import pytest

from rnn import oracle
from rnn.build import build
from rnn.cases.quantities import declared_names, quantity_names
from rnn.jobs.requests import case_request
from rnn.network import Network
from rnn.settings import ProblemSettings

NETWORKS = [
    ProblemSettings(),
    ProblemSettings(cell="leaky"),
    ProblemSettings(cell="lstm", cell_options=(("peepholes", True),)),
    ProblemSettings(cell="gru", cell_options=(("reset", "after"), ("two_biases", True))),
    ProblemSettings(cell="gru", layers=2, bidirectional=True),
    ProblemSettings(cell="lstm", embedding=True),
]


@pytest.mark.parametrize("settings", NETWORKS, ids=lambda one: f"{one.cell}-{one.layers}-{one.embedding}")
def test_all_that_the_oracle_says_has_a_name_and_a_shape(settings: ProblemSettings) -> None:
    """Records, gradients, parameters: what a case may return, and what an array may stand for."""
    problem = build(settings, None)
    trace, gradients = oracle.reference(problem)
    values = {**trace.steps, "y": trace.y, **gradients.named()}
    assert set(values) <= set(quantity_names(problem.network)) | {"e"}
    shapes = case_request(None, problem)[0]["shapes"]
    assert {name: tuple(shapes[name]) for name in values} == {name: value.shape for name, value in values.items()}


def test_a_declaration_names_its_own_quantities() -> None:
    """Options and layers count."""
    names = declared_names({"cell": "gru", "reset": "after", "biases": "two", "layers": 2})
    assert {"da_hn.1", "db_hh.0", "W_xr.0", "dW_hn.1"} <= set(names)
    assert not {"drh.0", "da_i.0", "b_h.0", "da_n"} & set(names)


def test_a_plain_network_has_few() -> None:
    """No gates, no cell state."""
    assert not {"c", "da_i", "gates", "W"} & set(quantity_names(Network("rnn", "tanh", "half_squared_error", True)))
