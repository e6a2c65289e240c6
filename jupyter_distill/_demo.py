"""The main job on real data: a neural network that judges loans, made readable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import jupyter_distill as jd
from jupyter_distill._optional import require
from jupyter_distill.data.loans import load_loans

REPORT = "loans.html"
EPOCHS = 60
BATCH = 128


def train_network(X: pd.DataFrame, y: pd.Series[str]) -> Any:
    """Train a network of two hidden layers and return it as a teacher of raw applications."""
    torch = require("torch", extra="torch", feature="The demo")
    torch.manual_seed(0)
    torch.set_num_threads(1)  # more threads only wait for each other on nets this small
    text = make_column_selector(dtype_exclude="number")
    encode = make_column_transformer(
        (
            make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()),
            make_column_selector(dtype_include="number"),
        ),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), text),
    )
    inputs = torch.tensor(encode.fit_transform(X), dtype=torch.float32)
    classes = sorted(y.unique())
    labels = torch.tensor([classes.index(label) for label in y])
    network = torch.nn.Sequential(
        torch.nn.Linear(inputs.shape[1], 64), torch.nn.ReLU(), torch.nn.Dropout(0.3),
        torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Dropout(0.3),
        torch.nn.Linear(64, len(classes)),
    )  # fmt: skip
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(inputs)).split(BATCH):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(inputs[batch]), labels[batch]).backward()
            optimizer.step()
    return jd.as_teacher(network, preprocess=encode, classes=classes, name="loan network")


def main(path: str | Path = REPORT) -> None:
    """Train, distil, print the fidelity card and write the report."""
    X, y = load_loans()
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.25, stratify=y, random_state=0
    )
    print(f"Training a neural network on {len(X_train):,} real loans ...", flush=True)
    teacher = train_network(X_train, y_train)
    d = jd.distill(teacher, X_train, y_train, test=(X_test, y_test))
    print(f"\n{d!r}\n")
    print(f"Report:   {d.report(path).resolve()}  (opens in any browser, offline)")
    print("Notebook: make lab")
