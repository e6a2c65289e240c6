// Builds every widgets/*.ts and page/page.ts into ../jupyter_distill/static/<stem>.js.

import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { context } from 'esbuild';

const watch = process.argv.includes('--watch');
const dev = watch || process.argv.includes('--dev');

// A bundle is sent once for every view and kept in every saved notebook.
const BUDGET = 60_000;
const BUDGETS = { 'distillation.js': 200_000 };

const entryPoints = [
  ...readdirSync('widgets')
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => `widgets/${name}`),
  'page/page.ts'
];

/** Style sheets are imported as text; esbuild itself takes their spaces and comments out. */
const cssAsText = {
  name: 'css-as-text',
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { outputFiles } = await build.esbuild.build({
        entryPoints: [path],
        minify: !dev,
        write: false,
        target: 'es2022'
      });
      return { contents: outputFiles[0].text, loader: 'text', watchFiles: [path] };
    });
  }
};

const ctx = await context({
  entryPoints: Object.fromEntries(entryPoints.map((path) => [basename(path, '.ts'), path])),
  outdir: '../jupyter_distill/static',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: !dev,
  sourcemap: dev ? 'inline' : false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  plugins: [cssAsText]
});

if (watch) {
  await ctx.watch();
} else {
  const { metafile } = await ctx.rebuild();
  await ctx.dispose();
  for (const [path, { bytes, imports }] of Object.entries(metafile.outputs)) {
    const name = basename(path);
    // No import may be left for run time: the views must work with no network.
    const left = imports.filter((item) => item.external).map((item) => item.path);
    if (left.length) fail(`${name} still imports ${left.join(', ')}`);
    const most = BUDGETS[name] ?? BUDGET;
    if (!dev && bytes > most) fail(`${name} has ${bytes} bytes, over its budget of ${most}`);
    // An exported page carries the bundle inside a script element, which these would end.
    if (/<\/script|<!--/i.test(readFileSync(path, 'utf8'))) fail(`${name} cannot stand in a page`);
    console.log(`${name.padEnd(20)} ${(bytes / 1000).toFixed(1).padStart(6)} kB`);
  }
}

function fail(message) {
  console.error(`build: ${message}`);
  process.exitCode = 1;
}
