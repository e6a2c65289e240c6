import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import { Actions } from './actions';
import { addCommands, ID } from './commands';
import { insert } from './insert';
import { Known } from './known';
import { DistillPanel } from './panel';
import { Settings } from './settings';
import { translateMenu, translateSchema } from './translate';
import { Views } from './views';

const PLUGIN = 'jupyter-distill:plugin';

/** A funnel: much goes in, little comes out. */
const icon = new LabIcon({
  name: 'jupyter-distill:icon',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">' +
    '<path class="jp-icon3" fill="#616161" d="M2 2h12l-4.5 6v1.2a2.5 2.5 0 1 1-3 0V8zm2 1 3 4h2l3-4z"/>' +
    '</svg>'
});

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'The distillations of a notebook: a side panel, views in tabs, and commands.',
  autoStart: true,
  // none is required: Notebook 7 has no launcher, other hosts may have no palette
  optional: [
    ICommandPalette,
    INotebookTracker,
    ILayoutRestorer,
    ISettingRegistry,
    ITranslator,
    ILauncher
  ],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    tracker: INotebookTracker | null,
    restorer: ILayoutRestorer | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
    launcher: ILauncher | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_distill');
    const settings = new Settings();
    if (registry) void follow(registry, settings, app, trans);
    const views = new Views(app, icon, trans);
    const actions = new Actions({ app, tracker, settings, views, trans });
    const listed = addCommands(actions, tracker, icon, trans);

    const known = new Known(tracker, NotebookActions.executed, () => panel.refresh());
    const hasPlugin = (id: string) => app.hasPlugin(id);
    const panel: DistillPanel = new DistillPanel(
      known,
      {
        distil: () => void actions.distil(),
        check: () => void actions.check(),
        view: (d, kind) => void actions.view({ d, kind }),
        findings: (d) => void actions.findings({ d }),
        audit: (d) => void actions.audit({ d }),
        report: (d) => void actions.report({ d }),
        certificate: (d) => void actions.certificate({ d }),
        insert: (code) => {
          const notebook = known.watch.notebook;
          if (notebook) void insert(app, notebook, code, false);
        }
      },
      trans,
      hasPlugin
    );
    panel.id = 'jupyter-distill-panel';
    panel.title.icon = icon;
    panel.title.caption = trans.__('Distillations');
    app.shell.add(panel, 'left', { rank: 700 });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(ID.panel, {
      label: trans.__('Show the Distillations of the Notebook'),
      icon: (args) => (args.isPalette ? undefined : icon),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => app.shell.activateById(panel.id)
    });

    const category = trans.__('Distill');
    for (const command of [ID.panel, ...listed]) {
      palette?.addItem({ command, category, args: { isPalette: true } });
    }
    launcher?.add({ command: ID.notebook, category, args: { isLauncher: true }, rank: 1 });
  }
};

/** Takes the settings, then translates what JupyterLab shows of them and of our menu. */
async function follow(
  registry: ISettingRegistry,
  settings: Settings,
  app: JupyterFrontEnd,
  trans: TranslationBundle
): Promise<void> {
  const warn = (said: string, reason: unknown) => console.warn(`jupyter-distill: ${said}`, reason);
  let loaded: ISettingRegistry.ISettings | null = null;
  try {
    loaded = await registry.load(PLUGIN);
    settings.follow(loaded);
  } catch (reason) {
    warn('settings are left at their defaults.', reason);
  }
  try {
    if (loaded) translateSchema(loaded.schema, trans);
  } catch (reason) {
    warn('the names of the settings are left in English.', reason);
  }
  try {
    await app.restored;
    translateMenu(app, trans);
  } catch (reason) {
    warn('the name of the menu is left in English.', reason);
  }
}

export default plugin;
