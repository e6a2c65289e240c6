import { describe, expect, it } from 'vitest';
import distillation from '../widgets/distillation';
import { click, common, FakeModel, fullTree, HOSTILE, numberTree, render, wire } from './fakes';

const classes = ['no', 'yes'];
const state = () => ({
  ...common,
  tree: fullTree(2, classes),
  node: null,
  row: null,
  leaf: null,
  folded: [],
  columns: [
    { name: 'teacher', title: 'teacher', kind: 'class', classes },
    { name: 'student', title: 'student', kind: 'class', classes }
  ],
  page: {
    ticket: 0,
    start: 0,
    total: 3,
    all: 3,
    row_ids: wire([2, 4, 6], 'i4'),
    leaves: wire([3, 4, 6], 'i4'),
    cells: [
      ['no', 'no', 'yes'],
      ['yes', 'yes', 'no']
    ]
  },
  query: {},
  rows_chosen: [],
  region: null,
  logits: wire([1, 0, 0, 1, 2, 1], 'f4', [3, 2]),
  row_ids: wire([2, 4, 6], 'i4'),
  classes,
  curve: {},
  distilled_at: 1,
  busy: false,
  temperature: 1,
  distil_at: null,
  grid: {},
  shown: {},
  follow: false,
  student_size: null,
  asked: {},
  summary: {
    teacher: HOSTILE,
    student: 'decision tree',
    size: 4,
    temperature: 1,
    fidelity: [0.942, 0.931, 0.952],
    baselines: [{ name: 'most common class', fidelity: [0.5, 0.45, 0.55] }],
    rows: 200,
    classes: 2,
    notes: [HOSTILE],
    findings: [
      {
        code: 'few-rows',
        severity: 'warning',
        sentence: HOSTILE,
        remedy: 'Give more rows.',
        figures: 'held-out rows = 9'
      }
    ]
  }
});

describe('the linked whole', () => {
  it('lights the path of a chosen row and filters the rows by a chosen node', () => {
    const model = new FakeModel({ ...state(), live: false });
    const { all, root, stop } = render(distillation, model);
    click(all('.rows .line')[1]);
    expect([model.state.row, model.state.leaf]).toEqual([4, 4]);
    expect(all('.node.lit').map((item) => item.dataset.node)).toEqual(['0', '1', '4']);
    expect(root.querySelector('.whose')?.textContent).toBe('Soft targets of row 4');
    click(all('[data-node="2"]')[0]);
    expect(all('.rows .line').map((line) => line.dataset.row)).toEqual(['6']);
    stop();
  });

  it('says who was distilled and how faithfully', () => {
    const model = new FakeModel(state());
    const { root, stop } = render(distillation, model);
    expect(root.querySelector('.names')?.textContent).toBe(`${HOSTILE} → decision tree`);
    expect(root.querySelector('.score')?.textContent).toContain('94.2 %');
    expect(root.querySelector('.score')?.textContent).toContain('93.1 to 95.2 %');
    expect(root.querySelector('.notes')?.textContent).toBe(HOSTILE);
    const finding = root.querySelector('.findings li');
    const said = `warning few-rows ${HOSTILE} Give more rows.held-out rows = 9`;
    expect(finding?.textContent).toBe(said);
    expect(root.querySelectorAll('img')).toHaveLength(0);
    model.set('summary', {});
    expect(root.querySelector('.findings')).toBeNull();
    expect(root.querySelector('.score')).toBeNull();
    stop();
  });

  it('shows a regression without a temperature, in R2 and numbers', () => {
    const numbers = (name: string) => ({ name, title: name, kind: 'numeric' });
    const model = new FakeModel({
      ...state(),
      tree: numberTree(2),
      classes: [],
      logits: {},
      row_ids: {},
      columns: [numbers('teacher'), numbers('student')],
      page: {
        ...state().page,
        cells: [
          [1, 2, 3],
          [1.5, 2, 4]
        ]
      },
      summary: {
        ...state().summary,
        unit: 'leaves',
        measure: 'R2',
        temperature: null,
        classes: 0,
        baselines: [{ name: 'mean of the teacher', fidelity: [-0.0001, -0.06, -0.00001] }]
      }
    });
    const { root, all, stop } = render(distillation, model);
    expect(all('section[aria-label=Temperature]')).toHaveLength(0);
    expect(root.querySelector('.title')?.textContent).toContain('4 leaves · 200 rows');
    expect(root.querySelector('.score')?.textContent).toContain('0.942');
    expect(root.querySelector('.score')?.textContent).toContain('0.931 to 0.952');
    expect(root.querySelector('.compare')?.textContent).toContain('mean of the teacher0.000');
    expect(root.querySelector('.count')?.textContent).toBe('3 rows');
    expect(all('.scopes .button')[0].textContent).toBe('Largest difference first');
    stop();
  });

  it('leaves nothing behind in a host that gives no signal', () => {
    const model = new FakeModel(state());
    const el = document.createElement('div');
    const stop = distillation.render({ model, el });
    expect(model.listeners).toBeGreaterThan(10);
    stop();
    expect(model.listeners).toBe(0);
  });

  it('keeps plain keys of its controls from the notebook, and no others', () => {
    const { el, root, stop } = render(distillation, new FakeModel(state()));
    const host = el.firstElementChild as Element;
    const key = (target: Element, more = {}) =>
      target.dispatchEvent(
        new KeyboardEvent('keydown', { key: 's', bubbles: true, composed: true, ...more })
      );
    const held = () => host.getAttribute('data-lm-suppress-shortcuts');
    key(root.querySelector('[type=range]') as Element);
    expect(held()).toBe('true');
    key(root.querySelector('[type=range]') as Element, { ctrlKey: true });
    expect(held()).toBeNull();
    stop();
  });
});
