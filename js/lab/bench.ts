import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Settings } from './settings';
import type { Views } from './views';

/** What the actions work with. */
export interface Bench {
  app: JupyterFrontEnd;
  tracker: INotebookTracker | null;
  settings: Settings;
  views: Views;
  trans: TranslationBundle;
}
