import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { firstCell } from './cells';

/** Where a person finds them. */
const FOLDER = 'jupyter_distill_examples';

interface Example {
  name: string;
  title: string;
}

/**
 * Copies the example notebooks that came with this extension into a folder of the person, and opens
 * the first. What is there already is theirs: it stays as it is.
 */
export async function openExamples(app: JupyterFrontEnd): Promise<string[]> {
  const { contents } = app.serviceManager;
  const listed = (await fetched('index.json')) as Example[];
  const there = await names(contents, '');
  if (!there.includes(FOLDER)) {
    const made = await contents.newUntitled({ path: '', type: 'directory' });
    await contents.rename(made.path, FOLDER);
  }
  const kept = await names(contents, FOLDER);
  for (const { name } of listed.filter((one) => !kept.includes(one.name))) {
    const content = await fetched(name);
    await contents.save(`${FOLDER}/${name}`, { type: 'notebook', format: 'json', content });
  }
  const paths = listed.map(({ name }) => `${FOLDER}/${name}`);
  if (app.commands.hasCommand('filebrowser:open-path')) {
    await app.commands.execute('filebrowser:open-path', { path: FOLDER, dontShowBrowser: true });
  }
  if (paths.length) await app.commands.execute('docmanager:open', { path: paths[0] });
  return paths;
}

/** Makes and opens a notebook with a first cell; null where no kernel runs Python. */
export async function newNotebook(app: JupyterFrontEnd, cwd: string): Promise<string | null> {
  const { contents, kernelspecs } = app.serviceManager;
  await kernelspecs.ready;
  const specs = kernelspecs.specs?.kernelspecs ?? {};
  const usual = kernelspecs.specs?.default ?? '';
  const name = [usual, ...Object.keys(specs)].find((one) => specs[one]?.language === 'python');
  const spec = name && specs[name];
  if (!spec) return null;
  const made = await contents.newUntitled({ path: cwd, type: 'notebook' });
  await contents.save(made.path, {
    type: 'notebook',
    format: 'json',
    content: {
      cells: [
        {
          cell_type: 'code',
          id: 'first',
          execution_count: null,
          metadata: {},
          outputs: [],
          source: firstCell
        }
      ],
      metadata: { kernelspec: { name, display_name: spec.display_name, language: 'python' } },
      nbformat: 4,
      nbformat_minor: 5
    }
  });
  await app.commands.execute('docmanager:open', { path: made.path });
  return made.path;
}

async function names(contents: Contents.IManager, path: string): Promise<string[]> {
  const { content } = await contents.get(path, { content: true });
  return (content as Contents.IModel[]).map((one) => one.name);
}

async function fetched(name: string): Promise<unknown> {
  const base = PageConfig.getOption('fullLabextensionsUrl');
  const url = URLExt.join(base, 'jupyter-distill', 'examples', name);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response.json();
}
