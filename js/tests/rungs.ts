// A ladder as the kernel sends it, for the tests of its view.
import type { Wire } from '../shared/wire';
import { common, wire } from './fakes';

function raw(array: Float64Array | Uint8Array, dtype: string, shape = [array.length]): Wire {
  return { dtype, shape, data: new DataView(array.buffer) };
}

export const measure = (name: string, values: number[], more = true) => ({
  name,
  title: `The ${name}`,
  short: name,
  share: more,
  more,
  decimals: 3,
  values: raw(Float64Array.from(values.flatMap((v) => [v, v - 0.05, v + 0.05])), 'f8', [4, 3]),
  baselines: [{ name: 'labels only', about: 'the labels alone', interval: [0.8, 0.75, 0.85] }]
});

export const state = (more = {}) => ({
  ...common,
  rungs: {
    families: ['tree', 'rules'],
    across: 'things to read',
    ticks: [1, 2, 5],
    family: wire([0, 0, 1, 1], 'i4'),
    size: wire([2, 4, 1, 3], 'i4'),
    x: wire([1, 3, 1, 5], 'i4'),
    knee: raw(Uint8Array.from([0, 1, 0, 0]), 'u1'),
    temperature: raw(Float64Array.from([1, 2, 1, 2]), 'f8'),
    titles: ['tree of 2 leaves', 'tree of 4 leaves', 'list of 1 rule', 'list of 3 rules'],
    counts: ['2 leaves', '4 leaves', '1 rule', '3 rules'],
    dense: ['', '', '', '3 rules (readable: 2)'],
    measures: [
      measure('agreement', [0.7, 0.9, 0.72, 0.88]),
      measure('KL', [0.3, 0.1, 0.28, 0.12], false)
    ]
  },
  busy: false,
  family: 'tree',
  size: 4,
  measure: 'agreement',
  adopt: {},
  ...more
});
