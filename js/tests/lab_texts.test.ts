import { describe, expect, it, vi } from 'vitest';
import { families, offering } from '../scripts/families.mjs';
import { kept, template, texts } from '../scripts/pot.mjs';
import {
  type Any,
  CALM,
  cells,
  front,
  notebook,
  plugin,
  schema,
  trans,
  translateMenu,
  translateSchema,
  words
} from './stand_ins';

const foreign = (text: string) => `«${text}»`;
function inForeignWords() {
  vi.spyOn(trans, '__').mockImplementation(foreign);
  vi.spyOn(trans, '_n').mockImplementation((one) => foreign(one));
}

describe('the texts of the extension', () => {
  it('are all in the template that language packs are made of', () => {
    const written = kept();
    expect(written, 'out of date: npm run texts in js writes it anew').toBe(template());
    expect(written).toContain('msgid "Certificate of a Row…"');
    expect(written).toContain('msgid "%1 problem"\nmsgid_plural "%1 problems"');
    expect(written).toContain('msgctxt "settings"\nmsgid "Default student"');
    // it would differ between the list of schemas and ours alone, of which JupyterLab warns
    expect(written).not.toContain('msgctxt "menu"');
    // without it the server would look for the texts of the schema among JupyterLab's own
    expect(schema['jupyter.lab.internationalization'].domain).toBe('jupyter_distill');
  });

  it('name the families that have a file, which a build puts into the schema', () => {
    expect(families()).toContainEqual({ name: 'linear', what: 'A sparse linear model' });
    expect(kept()).toContain('students/linear.py\nmsgid "A sparse linear model"');
    const { defaultStudent } = offering(schema).properties;
    expect(defaultStudent).toMatchObject({
      ...schema.properties.defaultStudent,
      enum: [...families().map(({ name }) => name), 'auto']
    });
    expect(defaultStudent).toHaveProperty('enum', expect.arrayContaining(['tree', 'ebm', 'auto']));
  });

  it('are read from calls, and one that cannot be read is named', () => {
    const source = "trans.__('it\\'s %1', n)\n__(\n  'a'\n) + this.trans._n('b', 'c', 3)";
    expect(texts(source)).toEqual([["it's %1"], ['a'], ['b', 'c']]);
    expect(() => texts('x\n__(y)', 'a.ts')).toThrow('a.ts:2: expected a text in single quotes');
  });

  it('reach a person through the translator: in the panel', async () => {
    inForeignWords();
    vi.useFakeTimers();
    const { show, known, panel } = front();
    known.seen = true;
    show(notebook('one.ipynb'));
    await vi.advanceTimersByTimeAsync(CALM);
    const all = document.createTreeWalker(panel.node, NodeFilter.SHOW_TEXT);
    const plain: string[] = [];
    while (all.nextNode()) plain.push(all.currentNode.nodeValue ?? '');
    const data = ['one.ipynb', 'Python 3 (idle)', 'd', 'tree of 6 leaves', '6', '2.0'];
    const long = ['Random', 'Forest', 'Classifier'];
    expect(plain.filter((text) => !text.startsWith('«')).sort()).toEqual([...data, ...long].sort());
    const named = [panel.node, ...panel.node.querySelectorAll('[aria-label]')];
    for (const node of named) expect(node.getAttribute('aria-label')).toMatch(/^«/);
  });

  it('reach a person through the translator: what the settings and the menu are called', () => {
    const by = {
      __: foreign,
      _p: (context: string, text: string) => `${context} ${foreign(text)}`
    };
    const known = structuredClone(schema) as Any;
    translateSchema(known, by as Any);
    expect(known.description).toBe('schema «Settings of jupyter_distill.»');
    expect(known.properties.defaultStudent.title).toBe('settings «Default student»');
    expect(known['jupyter.lab.setting-icon-label']).toBe('settings «Distill»');
    expect(known['jupyter.lab.menus']).toEqual(schema['jupyter.lab.menus']);
    const said = (_: string, { title, description }: Any) => [title, description];
    const mine = Object.entries(known.properties).flatMap(([key, one]) => said(key, one as Any));
    expect(mine.filter((text) => !/^settings «.*»$/.test(text))).toEqual([]);
    const [ours, other] = ['jp-mainmenu-distill', 'jp-mainmenu-view'].map((id) => ({
      id,
      title: { label: id }
    }));
    const widgets = () => [{}, { menus: [other, ours] }];
    translateMenu({ shell: { widgets } } as Any, by as Any);
    expect([ours.title.label, other.title.label]).toEqual(['«Distill»', other.id]);
  });

  it('reach a person through the translator: commands, views, troubles', () => {
    inForeignWords();
    const labels: string[] = [];
    const said = (one: Any) => (typeof one === 'function' ? one({}) : one);
    const addCommand = (_: string, { label, caption, describedBy }: Any) => {
      const args = Object.values(describedBy.args.properties).map((one: Any) => one.description);
      labels.push(said(label), ...(caption ? [caption] : []), ...args);
    };
    const shell = { add: () => {}, activateById: () => {} };
    const app = { hasPlugin: () => true, commands: { addCommand }, shell };
    plugin.activate(app as Any, null, null, null, null, null, null);
    expect(labels.length).toBeGreaterThan(10);
    const views = ['whole', 'tree', 'rules', 'terms', 'ladder', 'disagreements', 'temperature'];
    labels.push(...views.map((kind) => words.viewName(kind, trans as Any)));
    for (const why of ['language', 'missing', 'later', 'error']) {
      labels.push(words.explain({ why } as Any, trans as Any).text);
    }
    expect(labels.filter((label) => !/^«.*»$/.test(label))).toEqual([]);
    expect(cells.findingsCell('d')).toBe('d.findings');
  });
});
