"""The notebook that the tests of the panel share: its cells, and a distillation in its kernel."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.ui.desk import CELLS, CURRENT, LONG, Desk
from tests.ui.notebook import NotebookPage

READY = """\
import jupyter_distill as jd
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
X, y = load_wine(return_X_y=True, as_frame=True)
X = X.iloc[:, :4]
model = LogisticRegression(max_iter=5_000).fit(X, y)"""
DISTIL = f"""{READY}
d = jd.distill(model, X, y, size=4, temperature=1.0, augment=None, progress=False)"""
# what an audit says is tested elsewhere: here, that it is asked for
QUICK = "type(d).audit = lambda self: print('audited', self.size)"
VIEW = "v = d.view()\nv"
DOCTOR = "print(jd.doctor())"
LOOK = """\
from jupyter_distill import lab
print([one.row_ids["shape"] for one in lab._open.values() if hasattr(one, "row_ids")])"""
FRONT = (f"{DISTIL}\n{QUICK}", VIEW, DOCTOR, LOOK)
NAME = "front.ipynb"


def stocked(here: Desk) -> Locator:
    """Bring the notebook to the front, with a distillation in it; return the panel."""
    if here.server.app == "jupyterlab":
        here.beside(NAME)
    panel = here.panel()
    if not here.stocked:
        for source in FRONT:  # not what other tests have left below
            run_cell(here, source)
        assert here.raised() == []
        here.stocked = True
    expect(panel.get_by_role("listitem")).to_contain_text("tree of 4 leaves", timeout=LONG)
    return panel


def run_cell(here: Desk, source: str) -> None:
    """Run the cell that holds this."""
    place = here.page.evaluate(CELLS).index(source)
    here.page.evaluate(f"() => {{ {CURRENT}.content.activeCellIndex = {place} }}")
    here.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")


def picture(here: Desk, name: str) -> None:
    NotebookPage(here.page, here.server).screenshot(name)
