import type { TranslationBundle } from '@jupyterlab/translation';
import type { Look, Trouble } from './ask';
import { installCell } from './cells';
import { version } from './version';

/** What is wrong, and where there is one a cell that mends it. */
interface Said {
  text: string;
  cell?: string;
}

/** Says why a kernel gave no answer. */
export function explain(trouble: Trouble, trans: TranslationBundle): Said {
  switch (trouble.why) {
    case 'language':
      return {
        text: trans.__(
          'This kernel runs %1, and jupyter_distill runs in Python. Choose a Python kernel to distil.',
          trouble.language
        )
      };
    case 'missing':
      return {
        text: trans.__(
          'jupyter_distill is not installed in the kernel (%1). Run this in a cell, then restart the kernel:',
          trouble.python
        ),
        cell: installCell
      };
    case 'later':
      return { text: trans.__('The kernel is not ready to answer. Try again.') };
    case 'error':
      if (trouble.name === 'ModuleNotFoundError' && trouble.message.includes('jupyter_distill')) {
        return {
          text: trans.__(
            'The kernel has a jupyter_distill that is older than this panel (%1). Run this in a cell, then restart the kernel:',
            version
          ),
          cell: `${installCell}==${version}`
        };
      }
      return { text: unanswered([trouble.name, trouble.message].filter(Boolean), trans) };
  }
}

const unanswered = (why: string[], trans: TranslationBundle): string =>
  why.length
    ? trans.__('The kernel could not answer: %1', why.join(': '))
    : trans.__('The kernel gave no answer.');

/** The plugins that live views need, and the packages that bring them. */
const NEEDED = {
  'anywidget:plugin': 'anywidget',
  '@jupyter-widgets/jupyterlab-manager:plugin': 'jupyterlab_widgets'
};

/** Which packages are missing here so that views cannot live; none where they can. */
export const withoutViews = (hasPlugin: (id: string) => boolean): string[] =>
  Object.entries(NEEDED)
    .filter(([id]) => !hasPlugin(id))
    .map(([, name]) => name);

/** Says where the kernel's environment and that of the server do not fit. */
export function differences(
  look: Look,
  hasPlugin: (id: string) => boolean,
  trans: TranslationBundle
): string[] {
  const said = [];
  if (look.version !== version) {
    said.push(
      trans.__(
        'The kernel has jupyter_distill %1 (in %2) and this panel is of %3. Install the same in both environments; jd.doctor() names the other one.',
        look.version,
        look.python,
        version
      )
    );
  }
  // a kernel with an older package does not say
  if (look.missing?.length) {
    said.push(
      trans.__(
        'Views are shown as still pictures: %1 is not installed in the kernel (%2). Run %pip install anywidget in a cell, then restart the kernel.',
        look.missing.join(', '),
        look.python
      )
    );
  }
  const missing = withoutViews(hasPlugin);
  if (missing.length) {
    said.push(
      trans.__(
        'Views are shown as still pictures: %1 is missing, or switched off, in the environment that JupyterLab was started from. The kernel’s own (%2) need not have it; jd.doctor() says what to run where.',
        missing.join(', '),
        look.python
      )
    );
  }
  return said;
}

/** The name of a view, by what lab.py calls it. */
export function viewName(kind: string, trans: TranslationBundle): string {
  switch (kind) {
    case 'whole':
      return trans.__('All linked');
    case 'tree':
      return trans.__('Tree');
    case 'rules':
      return trans.__('Rules');
    case 'terms':
      return trans.__('Terms');
    case 'ladder':
      return trans.__('Ladder of sizes');
    case 'disagreements':
      return trans.__('Disagreements');
    case 'temperature':
      return trans.__('Temperature');
    default:
      return kind;
  }
}
