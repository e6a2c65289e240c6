"""The pictures of the pages: the real views and audits of one distillation, made when built."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

import jupyter_distill as jd
from jupyter_distill.data.loans import load_loans

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "build" / "docs_figures"  # as it is goes beside the pages
PARTS = ROOT / "build" / "docs_parts"  # goes into them
FRAME = Path(__file__).parent / "style" / "frame.js"
SEED = 0
TEMPERATURES = (0.7, 1.0, 1.4)


class Loans:
    """A boosted forest that judges loans, and what is asked of it."""

    def __init__(self) -> None:
        X, y = load_loans()
        texts = X.select_dtypes(exclude="number").columns
        X = X.astype(dict.fromkeys(texts, "category"))
        self.X, self.X_test, self.y, self.y_test = train_test_split(
            X, y, train_size=2_000, test_size=1_000, stratify=y, random_state=SEED
        )
        forest = HistGradientBoostingClassifier(
            max_iter=150, learning_rate=0.05, max_leaf_nodes=6, random_state=SEED
        )
        self.teacher = jd.as_teacher(forest.fit(self.X, self.y), name="loan forest")

    def distilled(self, **options: Any) -> jd.Distillation:
        """Distil it; what takes long on a page is left out."""
        said = {"temperature": TEMPERATURES, "augment": None, "progress": False, **options}
        return jd.distill(self.teacher, self.X, self.y, test=(self.X_test, self.y_test), **said)

    @cached_property
    def three(self) -> jd.Distillation:
        """Trees, rules and linear students on one ladder."""
        d = self.distilled(student=["tree", "rules", "linear"])
        return d.ladder.select(family="tree")

    @cached_property
    def rules(self) -> jd.Distillation:
        """The rules of that ladder."""
        return self.three.ladder.select(family="rules")

    @cached_property
    def linear(self) -> jd.Distillation:
        """The linear student of that ladder."""
        return self.three.ladder.select(family="linear")

    @cached_property
    def ebm(self) -> jd.Distillation:
        """An Explainable Boosting Machine."""
        return self.distilled(student="ebm", size=8, temperature=1.0)

    @cached_property
    def net(self) -> jd.Distillation:
        """A net of four units."""
        return self.distilled(student="net", size=4, temperature=1.0)

    @cached_property
    def expected(self) -> dict[str, str]:
        """What somebody of the field may expect."""
        return {"income": "+", "debt": "-"}

    @cached_property
    def audit(self) -> Any:
        """Every audit of the tree."""
        return self.three.audit(
            sensitive=["marital status"], expectations=self.expected, resamples=5, progress=False
        )

    @cached_property
    def certificate(self) -> Any:
        """The account of the first test row that is refused."""
        refused = self.three.student.predict(self.X_test) == "bad"
        return self.three.certificate(self.X_test[refused].iloc[[0]])


def views(loans: Loans) -> dict[str, Callable[[], Any]]:
    """Return how each live picture is made, by name."""
    return {
        "distillation": lambda: loans.three.view(),
        "tree": lambda: jd.TreeView(loans.three, depth=2),  # as much as has room in a page
        "rules": lambda: jd.RulesView(loans.rules),
        "linear": lambda: jd.TermsView(loans.linear),
        "terms": lambda: jd.TermsView(loans.ebm),
        "net": lambda: loans.net.view(),
        "ladder": lambda: jd.LadderView(loans.three),
        "disagreement": lambda: jd.DisagreementTable(loans.three),
        "temperature": lambda: jd.TemperatureSlider(loans.three),
        "audit": lambda: jd.AuditView(loans.audit),
        "certificate": lambda: jd.CertificateView(loans.certificate),
    }


def texts(loans: Loans) -> dict[str, Callable[[], str]]:
    """Return how each text is made, by name."""
    families = ("three", "rules", "linear", "ebm", "net")
    return {
        f"fidelity_{one}": lambda one=one: repr(getattr(loans, one).fidelity()) for one in families
    }


def make() -> None:
    """Make all that is not there, or of another state of the package."""
    stamp, now = FOLDER / "state.txt", _state()
    if stamp.is_file() and stamp.read_text() == now:
        return
    begun = time.perf_counter()
    (FOLDER / "live").mkdir(parents=True, exist_ok=True)
    PARTS.mkdir(parents=True, exist_ok=True)
    loans = Loans()
    for name, view in views(loans).items():
        _following(view().to_html(FOLDER / "live" / f"{name}.html"))
    results = {**loans.audit.parts, "certificate": loans.certificate}
    for name, result in results.items():
        (PARTS / f"{name}.html").write_text(result._repr_html_(), encoding="utf-8")
    for name, text in texts(loans).items():
        (PARTS / f"{name}.txt").write_text(text(), encoding="utf-8")
    if loans.audit.skipped:
        raise RuntimeError(f"Expected every audit to be drawn. Left out: {loans.audit.skipped}")
    stamp.write_text(now)
    print(f"live pictures and audits: {time.perf_counter() - begun:.0f} s")


def _following(path: Path) -> None:
    """Let the page of a view follow the theme of the page around it."""
    page, end = path.read_text(encoding="utf-8"), "</body>"
    script = f"<script>{FRAME.read_text(encoding='utf-8')}</script>"
    begun, _, rest = page.rpartition(end)
    path.write_text(begun + script + end + rest, encoding="utf-8")


def _state() -> str:
    """Return a hash of all that the pictures depend on."""
    package = Path(jd.__file__).parent
    paths = [Path(__file__), FRAME, *package.rglob("*.py"), *(package / "static").glob("*.js")]
    sums = [sha256(path.read_bytes()).hexdigest() for path in sorted(paths)]
    return sha256("".join([pd.__version__, *sums]).encode()).hexdigest()
