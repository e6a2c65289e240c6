import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Made } from './ask';
import type { Bench } from './bench';

const HOST = 'jupyter-distill';

interface Found {
  panel: NotebookPanel;
  bundle: Pick<Made, 'data' | 'metadata'>;
}

/** The output of ours that the context menu was opened on; null where it is another's. */
export function outputUnderMouse(bench: Pick<Bench, 'app' | 'tracker'>): Found | null {
  const panel = bench.tracker?.currentWidget;
  const host = bench.app.contextMenuHitTest((node) => node.classList.contains(HOST));
  if (!panel || !host) return null;
  const cell = panel.content.widgets.find((one) => one.node.contains(host));
  const area = (cell as CodeCell | undefined)?.outputArea;
  const place = area?.widgets.findIndex((one) => one.node.contains(host)) ?? -1;
  if (!area || place < 0) return null;
  const { data, metadata } = area.model.get(place);
  return { panel, bundle: { data: { ...data }, metadata: { ...metadata } } };
}
