import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Menu, MenuBar } from '@lumino/widgets';

const MENU = 'jp-mainmenu-distill';
const LABEL = 'jupyter.lab.setting-icon-label';

/**
 * Translates what the editor of settings shows of ours: the server does it for schemas of its own
 * packages alone, when it lists them.
 */
export function translateSchema(schema: ISettingRegistry.ISchema, trans: TranslationBundle): void {
  const into = (texts: { title?: string; description?: string }, context: string) => {
    if (texts.title) texts.title = trans._p(context, texts.title);
    if (texts.description) texts.description = trans._p(context, texts.description);
  };
  into(schema, 'schema');
  for (const property of Object.values(schema.properties ?? {})) into(property, 'settings');
  if (typeof schema[LABEL] === 'string') schema[LABEL] = trans._p('settings', schema[LABEL]);
}

/**
 * Translates the name of our menu. Its schema stays as it is: of one that changes, as it would between
 * list and single schema, JupyterLab says that the page has to be loaded anew.
 */
export function translateMenu({ shell }: JupyterFrontEnd, trans: TranslationBundle): void {
  for (const bar of shell.widgets('menu')) {
    const menus: readonly Menu[] = (bar as MenuBar).menus ?? [];
    for (const menu of menus) if (menu.id === MENU) menu.title.label = trans.__('Distill');
  }
}
