import type { JupyterFrontEnd } from '@jupyterlab/application';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';

/**
 * Writes code into the notebook as a person would: into the cell that is chosen if it is empty, else
 * into a new one below it.
 */
export async function insert(
  { shell }: JupyterFrontEnd,
  panel: NotebookPanel,
  code: string,
  run: boolean
): Promise<void> {
  shell.activateById(panel.id);
  const { content, sessionContext } = panel;
  const active = content.activeCell?.model;
  if (active?.type !== 'code' || active.sharedModel.getSource().trim()) {
    NotebookActions.insertBelow(content);
  }
  const cell = content.activeCell;
  if (!cell) return;
  content.deselectAll();
  cell.model.sharedModel.setSource(code);
  if (run) await NotebookActions.run(content, sessionContext);
  await content.scrollToCell(cell);
}
