// An audit as the kernel sends it, for the tests of its view.
import type { Wire } from '../shared/wire';
import { common, wire } from './fakes';

const bytes = (values: number[], shape: number[]): Wire => ({
  dtype: 'u1',
  shape,
  data: new DataView(Uint8Array.from(values).buffer)
});

/** Two models, three rows, two columns; of several classes a score each. */
export function payload(more: Record<string, unknown> = {}, outputs = ['yes']) {
  const j = outputs.length;
  const teacher = [0.6, -0.2, 0.4, 0.4, -0.8, 0.1];
  const student = [0.5, 0, 0.3, 0, -0.9, 0];
  const values = [...teacher, ...student].flatMap((v) => outputs.map((_, k) => v * (k + 1)));
  const shares = [0.72, 0.28, 1, 0];
  const scores = j > 1 ? [shares, ...outputs.map(() => shares)].flat() : shares;
  return {
    method: 'shap',
    title: 'SHAP',
    size: 'mean |SHAP value|',
    teacher: 'forest',
    student: 'tree of 4 leaves',
    columns: ['income', 'purpose'],
    used: [true, false],
    ignored: [false, true],
    outputs,
    words: outputs.map((name) => `log-odds of '${name}'`),
    scale: 'log-odds',
    values: wire(values, 'f4', [2, 3, 2, j]),
    shares: wire(scores, 'f4', [j > 1 ? j + 1 : 1, 2, 2]),
    errors: {
      of: [true, false],
      step: 0.01,
      steps: bytes(
        Array.from({ length: 6 * j }, (_, i) => i),
        [1, 3, 2, j]
      )
    },
    rows: wire([4, 9, 17], 'i4'),
    labels: ['r4', 'r9', 'r17'],
    decided: wire([0, 0, j - 1], 'i4'),
    classes: ['no', 'yes'],
    answers: wire([1, 1, 0, 1, 0, 0], 'i4', [2, 3]),
    numbers: wire([0.9, 0.8, 0.7, 0.95, 0.6, 0.75], 'f4', [2, 3]),
    cells: {
      levels: [null, ['car', 'house']],
      codes: bytes([0, 1, 0], [1, 3]),
      numbers: wire([50, 60.1, Number.NaN], 'f4', [1, 3])
    },
    alike: wire([0.9, 0.1, 0.5], 'f4'),
    agreement: [
      { words: 'rank correlation', both: [0.5, 0.4, 0.6], floor: [0.9, 0.8, 1], below: true }
    ],
    notes: ['Sampled orders.'],
    ...more
  };
}

const costs = { shap: 'About 100 rows.', lime: 'About 200 rows.', surrogate: 'About 300 rows.' };
export const state = (more: Record<string, unknown> = {}) => ({
  ...common,
  about: { costs, style: '' },
  reasons: { shap: payload() },
  panels: {},
  asking: '',
  row: null,
  method: 'shap',
  output: '',
  part: 'attributions',
  ask: {},
  ...more
});

export const audited = {
  costs,
  style: '.jd p{margin:0}',
  title: 'forest distilled into a tree',
  headline: '1 warning; 2 of 3 parts done.',
  notes: [],
  nothing: 'Nothing was found.',
  findings: [
    {
      code: 'weak-segment',
      severity: 'warning',
      sentence: 'It parts there.',
      remedy: 'Look.',
      table: { columns: ['segment', 'rows'], rows: [['age > 60', '12']], more: 3 }
    }
  ],
  parts: [
    { name: 'findings', tab: 'Findings', asks: '', skipped: '' },
    { name: 'segments', tab: 'Segments', asks: 'Where is it less faithful?', skipped: '' },
    { name: 'bias', tab: 'Bias', asks: 'How are groups treated?', skipped: 'no groups are named' },
    { name: 'attributions', tab: 'Reasons', asks: 'The same reasons?', skipped: '' }
  ]
};
