// Writes every text of the lab extension into a template that a language pack is made of:
// node scripts/pot.mjs

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { families } from './families.mjs';

const js = dirname(dirname(fileURLToPath(import.meta.url)));
/** Where the tools of JupyterLab's language packs look for it. */
const target = join(js, '../jupyter_distill/locale/jupyter_distill.pot');

// __('text', ...) and _n('one', 'more', n), of whatever holds them
const CALL = /\b(__|_n)\(\s*/g;
const LITERAL = /\s*'((?:[^'\\]|\\.)*)'\s*/y;
// as jupyterlab_server translates a schema, but for labels of menus: see lab/translate.ts
const CONTEXTS = [
  [/^\/properties\/.*\/(title|description)$/, 'settings'],
  [/^\/(title|description)$/, 'schema'],
  [/^\/jupyter\.lab\.setting-icon-label$/, 'settings']
];

/** Returns the template as text. */
export function template() {
  const found = new Map();
  const add = (where, text, more = '', context = '') => {
    const key = JSON.stringify([context, text, more]);
    found.set(key, [...(found.get(key) ?? []), where]);
  };
  const files = readdirSync(join(js, 'lab')).filter((name) => name.endsWith('.ts'));
  for (const name of files.sort()) {
    const source = readFileSync(join(js, 'lab', name), 'utf8');
    for (const call of texts(source, name)) add(`js/lab/${name}`, ...call);
  }
  const schema = JSON.parse(readFileSync(join(js, 'schema/plugin.json'), 'utf8'));
  for (const [path, text] of strings(schema, '')) {
    const context = CONTEXTS.find(([pattern]) => pattern.test(path))?.[1];
    if (context) add('js/schema/plugin.json', text, '', context);
  }
  for (const { name, what } of families()) add(`jupyter_distill/students/${name}.py`, what);
  return [HEAD, ...[...found].map(([key, where]) => entry(...JSON.parse(key), where))].join('\n');
}

/** Returns what was written last. */
export const kept = () => readFileSync(target, 'utf8');

/** The texts of every call in a source. */
export function texts(source, name = 'source') {
  return [...source.matchAll(CALL)].map((call) => {
    let place = call.index + call[0].length;
    const said = [];
    for (const _ of call[1] === '_n' ? [0, 1] : [0]) {
      LITERAL.lastIndex = place;
      const literal = LITERAL.exec(source);
      if (!literal) {
        const line = source.slice(0, call.index).split('\n').length;
        throw new Error(`${name}:${line}: expected a text in single quotes within ${call[1]}(`);
      }
      said.push(literal[1].replace(/\\(.)/g, '$1'));
      place = LITERAL.lastIndex + 1;
    }
    return said;
  });
}

function* strings(value, path) {
  if (typeof value === 'string') yield [path, value];
  else if (value && typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) yield* strings(inner, `${path}/${key}`);
}

// without Plural-Forms: Babel, with which packs are made, reads no placeholder there
const HEAD = `# Texts of the JupyterLab extension of jupyter_distill.
# Made by js/scripts/pot.mjs: do not edit.
msgid ""
msgstr ""
"Project-Id-Version: jupyter_distill\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
`;

function entry(context, text, more, where) {
  const said = (word, what) => `${word} ${JSON.stringify(what)}`;
  return [
    ...[...new Set(where)].map((file) => `#: ${file}`),
    ...(context ? [said('msgctxt', context)] : []),
    said('msgid', text),
    ...(more ? [said('msgid_plural', more), 'msgstr[0] ""', 'msgstr[1] ""'] : ['msgstr ""']),
    ''
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, template());
  console.log(`texts                ${template().split('\nmsgid ').length - 2}`);
}
