import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Actions } from './actions';
import type { Args } from './subject';

export const ID = {
  panel: 'jupyter-distill:open-panel',
  distil: 'jupyter-distill:distill',
  view: 'jupyter-distill:open-view',
  check: 'jupyter-distill:check-teacher',
  audit: 'jupyter-distill:audit',
  report: 'jupyter-distill:report',
  certificate: 'jupyter-distill:certificate',
  examples: 'jupyter-distill:open-examples',
  notebook: 'jupyter-distill:new-notebook',
  output: 'jupyter-distill:open-output'
} as const;

const NOTHING = { args: { type: 'object', properties: {} } } as const;

/** Makes the commands known that {@link Actions} carries out; returns the ids of those for the palette. */
export function addCommands(
  actions: Actions,
  tracker: INotebookTracker | null,
  icon: LabIcon,
  trans: TranslationBundle
): string[] {
  const { commands } = actions.bench.app;
  const open = () => Boolean(tracker?.currentWidget);
  const inNotebook = (
    id: string,
    label: string,
    execute: (args: Args) => unknown,
    describedBy: typeof NOTHING | ReturnType<typeof about> = about(trans)
  ) =>
    commands.addCommand(id, {
      label,
      describedBy,
      isEnabled: open,
      execute: (args) => execute(args as Args)
    });
  const distil = trans.__('New Distillation from Variables…');
  inNotebook(ID.distil, distil, () => actions.distil(), NOTHING);
  inNotebook(ID.check, trans.__('Check the Teacher…'), () => actions.check(), NOTHING);
  inNotebook(ID.view, trans.__('Open View in Its Own Tab…'), (args) => actions.view(args));
  inNotebook(ID.audit, trans.__('Audit a Distillation…'), (args) => actions.audit(args));
  inNotebook(ID.report, trans.__('Export Report…'), (args) => actions.report(args));
  inNotebook(ID.certificate, trans.__('Certificate of a Row…'), (args) =>
    actions.certificate(args)
  );
  tracker?.currentChanged.connect(() => commands.notifyCommandChanged());

  commands.addCommand(ID.examples, {
    label: trans.__('Open the Workshop Notebooks'),
    describedBy: NOTHING,
    execute: () => actions.openExamples()
  });
  commands.addCommand(ID.notebook, {
    label: (args) =>
      args.isLauncher ? trans.__('Distillation') : trans.__('New Distill Notebook'),
    caption: trans.__('A notebook that distils a model into one that people can read'),
    icon: (args) => (args.isPalette ? undefined : icon),
    describedBy: {
      args: {
        type: 'object',
        properties: { cwd: { type: 'string', description: trans.__('Its folder') } }
      }
    },
    execute: (args) => actions.newNotebook(String(args.cwd ?? ''))
  });
  commands.addCommand(ID.output, {
    label: trans.__('Open This View in Its Own Tab'),
    describedBy: NOTHING,
    icon,
    isVisible: () => actions.hasOutput(),
    execute: () => actions.output()
  });
  return Object.values(ID).filter((id) => id !== ID.output && id !== ID.panel);
}

/** Which distillation and view a command is about: asked for where they are not given. */
const about = (trans: TranslationBundle) => ({
  args: {
    type: 'object' as const,
    properties: {
      name: {
        type: 'string' as const,
        description: trans.__('The variable that holds the distillation')
      },
      kind: {
        type: 'string' as const,
        description: trans.__('The view, as jupyter_distill.lab.VIEWS names it')
      }
    }
  }
});
