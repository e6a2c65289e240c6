import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { LabIcon } from '@jupyterlab/ui-components';
import { DistillPanel } from './panel';

export const OPEN_PANEL = 'jupyter-distill:open-panel';

/** A funnel: much goes in, little comes out. */
const icon = new LabIcon({
  name: 'jupyter-distill:icon',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">' +
    '<path class="jp-icon3" fill="#616161" d="M2 2h12l-4.5 6v1.2a2.5 2.5 0 1 1-3 0V8zm2 1 3 4h2l3-4z"/>' +
    '</svg>'
});

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-distill:plugin',
  description: 'A side panel and a palette command for jupyter_distill.',
  autoStart: true,
  // none is required: Notebook 7 has no layout to restore, other hosts may have no palette
  optional: [ICommandPalette, INotebookTracker, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    tracker: INotebookTracker | null,
    restorer: ILayoutRestorer | null
  ) => {
    const panel = new DistillPanel(tracker);
    panel.id = 'jupyter-distill-panel';
    panel.title.icon = icon;
    panel.title.caption = 'Distill';
    app.shell.add(panel, 'left', { rank: 700 });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(OPEN_PANEL, {
      label: 'Open the Distill Panel',
      caption: 'Which notebook and kernel to distil in',
      icon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => app.shell.activateById(panel.id)
    });
    palette?.addItem({ command: OPEN_PANEL, category: 'Distill' });
  }
};

export default plugin;
