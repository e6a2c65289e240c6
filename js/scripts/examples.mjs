// Puts the example notebooks beside the lab extension, which a server hands out without a kernel.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const from = '../example_notebooks';
const to = '../jupyter_distill/labextension/examples';

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
const names = readdirSync(from)
  .filter((name) => name.endsWith('.ipynb'))
  .sort();
for (const name of names) {
  copyFileSync(`${from}/${name}`, `${to}/${name}`);
}
writeFileSync(`${to}/index.json`, `${JSON.stringify(names.map(titled), null, 2)}\n`);
console.log(`examples             ${names.length}`);

function titled(name) {
  const { cells } = JSON.parse(readFileSync(`${from}/${name}`, 'utf8'));
  const first = cells.find((cell) => cell.cell_type === 'markdown');
  const title = /^#\s+(.*)$/m.exec([first?.source ?? ''].flat().join(''))?.[1];
  return { name, title: title ?? name };
}
