"""A teacher is never refitted and never changed: every kind, asked in every way, hashed twice."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import jupyter_distill as jd
from jupyter_distill import teachers
from jupyter_distill.teachers import as_teacher

from .boosted import AGED, AGES, CLASSIFIERS, TASKS, TITANIC, lgb_booster, xgb_booster, xgb_wrapper
from .taught import FRAME, Y, net

# --- what a model holds ------------------------------------------------------------------------


def held(model: Any) -> Any:
    """Return all that a model is, to be compared with what it is later."""
    if isinstance(model, torch.nn.Module):
        return _network(model)
    if hasattr(model, "save_raw"):  # xgboost, trees and settings
        return bytes(model.save_raw("ubj")), model.save_config()
    if hasattr(model, "get_booster"):
        return held(model.get_booster()), str(model.get_params()), sorted(vars(model))
    if hasattr(model, "model_to_string"):  # lightgbm
        return model.model_to_string(), str(model.params), model.best_iteration
    if hasattr(model, "booster_"):
        return held(model.booster_), str(model.get_params()), sorted(vars(model))
    if hasattr(model, "get_leaf_values"):  # catboost
        leaves = model.get_leaf_values().tobytes(), model.get_leaf_weights().tobytes()
        return leaves, str(model.get_params()), str(model.get_borders())
    if hasattr(model, "net"):  # a function over a network
        return _network(model.net)
    return pickle.dumps(model)


def _network(model: torch.nn.Module) -> Any:
    tensors = {
        name: (t.data_ptr(), t.dtype, t.device, t._version, t.numpy().tobytes())
        for name, t in model.state_dict().items()
    }
    modes = [layer.training for layer in model.modules()]
    gradients = [(p.requires_grad, p.grad) for p in model.parameters()]
    hooks = [len(layer._forward_hooks) for layer in model.modules()]
    return tensors, modes, gradients, hooks


class OverANet:
    """A function that closes over a network."""

    def __init__(self) -> None:
        self.net = net().eval()

    def __call__(self, rows: Any) -> Any:
        with torch.no_grad():
            return self.net(torch.tensor(np.asarray(rows), dtype=torch.float32))


def in_training() -> torch.nn.Module:
    """A network in training, with a frozen layer and gradients that wait for their step."""
    model = net().train()
    model[1].eval()
    model(torch.rand(8, 4)).sum().backward()
    return model


def exported() -> bytes:
    """A forest as an ONNX model."""
    forest = RandomForestClassifier(5, random_state=0).fit(FRAME, Y)
    rows = FRAME.to_numpy(np.float32)[:1]
    return bytes(to_onnx(forest, rows, options={"zipmap": False}).SerializeToString())


Kind = tuple[str, Callable[[], Any], Any]
ESTIMATORS: dict[str, Callable[[], Any]] = {
    "logistic": lambda: LogisticRegression(max_iter=500),
    "forest": lambda: RandomForestClassifier(10, random_state=0),
    "warm started": lambda: SGDClassifier(loss="log_loss", warm_start=True, random_state=0),
    "calibrated": lambda: CalibratedClassifierCV(DecisionTreeClassifier(max_depth=3), cv=2),
    "perceptron": lambda: MLPClassifier(4, max_iter=200, tol=0.1, warm_start=True, random_state=0),
    "pipeline": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "search": lambda: GridSearchCV(DecisionTreeClassifier(), {"max_depth": [2, 3]}),
    "regressor": lambda: HistGradientBoostingRegressor(max_iter=5),
}
MODELS: dict[str, Kind] = {
    **{
        name: ("estimator", lambda make=make: make().fit(FRAME, Y), FRAME)
        for name, make in ESTIMATORS.items()
    },
    "boosted pipeline": (
        "pipeline",
        lambda: make_pipeline(StandardScaler(), xgb_wrapper(FRAME, Y)).fit(FRAME, Y),
        FRAME,
    ),
    "network": ("module", net, FRAME),
    "network in training": ("module", in_training, FRAME),
    "function": ("function", OverANet, FRAME),
    "onnx": ("onnx", lambda: exported(), FRAME),
    **{
        name: (kind, lambda fit=CLASSIFIERS[name][0]: fit(*TASKS[2]), TITANIC)
        for name, kind in {
            "XGBClassifier": "xgboost",
            "xgboost.Booster": "xgboost",
            "LGBMClassifier": "lightgbm",
            "lightgbm.Booster": "lightgbm",
            "CatBoostClassifier": "catboost",
            "CatBoost": "catboost",
        }.items()
    },
    "xgboost of ages": (
        "xgboost",
        lambda: xgb_booster(AGES, AGED.drop(columns="age")),
        AGED.drop(columns="age"),
    ),
    "lightgbm of ages": (
        "lightgbm",
        lambda: lgb_booster(AGES, AGED.drop(columns="age"), objective="poisson"),
        AGED.drop(columns="age"),
    ),
}


def test_every_kind_of_teacher_is_among_them() -> None:
    kinds = {kind.__name__.rpartition(".")[2] for kind in teachers._kinds()}
    # recorded answers have no model; networks of transformers are compared where texts are at hand
    others = {"recorded", "transformers"}
    assert kinds == {kind for kind, _, _ in MODELS.values()} | others


@pytest.fixture(params=MODELS)
def taught(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    _, make, rows = MODELS[request.param]
    return make(), rows


def answers(teacher: teachers.Teacher, rows: Any, **options: Any) -> np.ndarray:
    query = teacher.query(rows, **options).finish()
    return query.predictions() if teacher.task == "regression" else query.logits()


def test_no_question_changes_a_model(taught: tuple[Any, Any]) -> None:
    model, rows = taught
    before, frame = held(model), rows.copy(deep=True)
    teacher = as_teacher(model)
    first = answers(teacher, rows)
    second = answers(teacher, rows, batch_size=50, order=0)
    np.testing.assert_allclose(first, second, atol=1e-5)
    teacher.predict(rows)
    assert len(teacher.fingerprint) == 32
    with pytest.raises((ValueError, RuntimeError)):
        answers(teacher, rows.iloc[:, :1])
    assert held(model) == before
    assert teacher.model is model
    assert rows.equals(frame)


def test_a_fit_is_never_called(taught: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    model, rows = taught

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a teacher was fitted")

    for name in ("fit", "partial_fit", "train", "update", "refit", "load_state_dict"):
        if callable(getattr(type(model), name, None)) and not (
            name == "train" and isinstance(model, torch.nn.Module)  # eval() is train(False)
        ):
            monkeypatch.setattr(type(model), name, refuse)
    assert len(answers(as_teacher(model), rows)) == len(rows)


def test_the_same_model_has_the_same_fingerprint_after_it_was_asked(
    taught: tuple[Any, Any],
) -> None:
    model, rows = taught
    before = as_teacher(model).fingerprint
    answers(as_teacher(model), rows)
    assert as_teacher(model).fingerprint == before


@pytest.mark.parametrize("name", ["network in training", "XGBClassifier"])
def test_a_distillation_changes_no_teacher(name: str) -> None:
    _, make, rows = MODELS[name]
    model = make()
    before = held(model)
    jd.distill(model, rows.iloc[:150], quality="greedy", size=4, temperature=1.0, random_state=0)
    assert held(model) == before


def test_a_model_that_is_changed_is_noticed() -> None:
    model = net()
    before = held(model)
    with torch.no_grad():
        model[0].weight[0, 0] += 1e-3
    assert held(model) != before
    before = held(model)
    assert held(model.train()) == before and held(model.eval()) != before
    forest = RandomForestClassifier(3, random_state=0).fit(FRAME, Y)
    before = held(forest)
    assert held(forest) == before
    assert held(forest.fit(FRAME, 2 - Y)) != before
    for name in ("CatBoost", "xgboost.Booster", "lightgbm.Booster"):
        fit = CLASSIFIERS[name][0]
        assert held(fit(*TASKS[2])) != held(fit(TITANIC, 1 - TASKS[2][1]))
