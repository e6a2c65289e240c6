import { describe, expect, it } from 'vitest';
import distillation from '../widgets/distillation';
import {
  click,
  common,
  FakeModel,
  fullTree,
  HOSTILE,
  numberTree,
  press,
  render,
  wait,
  wire
} from './fakes';

const classes = ['no', 'yes'];
const doubles = (values: number[], shape = [values.length]) => ({
  dtype: 'f8' as const,
  shape,
  data: new DataView(Float64Array.from(values).buffer)
});
const rungs = () => ({
  families: ['tree', 'rules'],
  across: 'size',
  ticks: [4, 8],
  family: wire([0, 0, 1], 'i4'),
  size: wire([4, 8, 4], 'i4'),
  x: wire([4, 8, 4], 'i4'),
  knee: { dtype: 'u1' as const, shape: [3], data: new DataView(Uint8Array.from([1, 0, 0]).buffer) },
  temperature: doubles([1, 1, 1]),
  titles: ['tree of 4 leaves', 'tree of 8 leaves', 'list of 4 rules'],
  counts: ['4 leaves', '8 leaves', '4 rules'],
  dense: ['', '', ''],
  measures: [
    {
      name: 'fidelity',
      title: 'Agreement',
      short: 'agreement',
      share: true,
      more: true,
      decimals: 3,
      values: doubles([0.9, 0.8, 1, 0.93, 0.9, 1, 0.85, 0.8, 0.9], [3, 3]),
      baselines: []
    }
  ]
});
const rules = () => ({
  classes,
  columns: ['income'],
  conditions: [['income <= 3'], []],
  full: {},
  ordered: true,
  nodes: wire([1, 2], 'i4'),
  support: wire([2, 1], 'f4'),
  teacher: wire([0.9, 0.1, 0.2, 0.8], 'f4', [2, 2]),
  student: wire([0.9, 0.1, 0.2, 0.8], 'f4', [2, 2]),
  agreement: wire([0.9, 0.8], 'f4')
});
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
  rules: {},
  decided: {},
  terms: {},
  curves: {},
  asking: {},
  reasons: {},
  still: '',
  rungs: rungs(),
  trust: '<style>p { color: red }</style><section><h3>Findings</h3><p>None.</p></section>',
  tab: 'student',
  sort: 'list',
  filter: '',
  term: null,
  score: 0,
  measure: 'fidelity',
  ask: null,
  adopt: {},
  summary: {
    shows: 'tree',
    chosen: 4,
    apart: 3,
    teacher: HOSTILE,
    student: 'tree',
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
    expect(root.querySelector('.names')?.textContent).toBe(`${HOSTILE} → tree`);
    expect(root.querySelector('.score')?.textContent).toContain('94.2\u00a0%');
    expect(root.querySelector('.score')?.textContent).toContain('93.1 to 95.2\u00a0%');
    expect(root.querySelector('.notes')?.textContent).toBe(HOSTILE);
    const finding = root.querySelector('.findings li');
    expect(finding?.textContent).toBe(`warning few-rows ${HOSTILE}`);
    click(root.querySelector('.findings .button') as Element);
    expect(model.state.tab).toBe('trust');
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

  it('opens tabs by click and keys, and draws each when it is first opened', () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(distillation, model);
    const open = () => all('[role=tabpanel]:not(.shut)').map((panel) => panel.id);
    const tabs = all('[role=tab]');
    expect(tabs.map((tab) => tab.textContent)).toEqual([
      'Student ',
      'Where they part 3 rows',
      'Ladder ',
      'Trust 1 finding'
    ]);
    expect(open()).toEqual(['panel-student']);
    expect(root.querySelector('.ladder-view')).toBeNull();
    press(tabs[0], 'ArrowLeft');
    expect(open()).toEqual(['panel-trust']);
    expect(model.state.tab).toBe('trust');
    const inner = root.querySelector('.fragment')?.shadowRoot;
    expect(inner?.querySelector('h3')?.textContent).toBe('Findings');
    press(tabs[3], 'Home');
    click(tabs[2]);
    expect(open()).toEqual(['panel-ladder']);
    expect(all('[data-rung]')).toHaveLength(3);
    expect(tabs.map((tab) => tab.getAttribute('aria-selected'))).toEqual([
      'false',
      'false',
      'true',
      'false'
    ]);
    expect(tabs.map((tab) => tab.tabIndex)).toEqual([-1, -1, 0, -1]);
    // what was drawn stays, and the one table stands in the tab that is looked at
    model.set('tab', 'disagreements');
    expect(all('[role=tree]')).toHaveLength(1);
    expect(root.querySelector('#panel-disagreements [role=grid]')).not.toBeNull();
    model.set('tab', 'student');
    expect(root.querySelector('#panel-student .parts [role=grid]')).not.toBeNull();
    expect(all('.rows-of')).toHaveLength(1);
    stop();
  });

  it('says on the tab that rows are filtered, also where the table is not looked at', () => {
    const model = new FakeModel(state());
    const { all, stop } = render(distillation, model);
    const badge = () => all('[role=tab] .badge')[1].textContent;
    model.set('tab', 'trust');
    model.set('page', { ...state().page, total: 1 });
    model.set('node', 2);
    expect(badge()).toBe('1 of 3 rows, filtered');
    model.set('node', null);
    expect(badge()).toBe('3 rows');
    stop();
  });

  it('asks the kernel for a rung, and shows another family by the view that fits it', async () => {
    const model = new FakeModel({ ...state(), tab: 'ladder' });
    const { all, root, stop } = render(distillation, model);
    expect(all('[data-rung="0"]')[0].getAttribute('aria-label')).toContain('chosen');
    all('[data-rung="2"]')[0].dispatchEvent(new MouseEvent('click', { bubbles: true }));
    expect(model.state.adopt).toEqual({ family: 'rules', size: 4 });
    expect(root.querySelector('.status')?.textContent).toContain('Adopting the list of 4 rules');
    const summary = { ...state().summary, student: 'rules', shows: 'rules', chosen: 4 };
    for (const [name, value] of Object.entries({ tree: {}, rules: rules(), leaf: 1, row: 4 })) {
      model.set(name, value);
    }
    model.set('summary', summary);
    model.set('adopt', {});
    await wait(40);
    expect(root.querySelector('.status')?.textContent).toContain('Chosen: list of 4 rules');
    model.set('tab', 'student');
    expect(all('.tree-view')).toHaveLength(0);
    expect(all('.rules-view .line')).toHaveLength(2);
    // a rule that is chosen is the node that filters the rows
    click(all('.rules-view .line')[1]);
    expect(model.state.node).toBe(2);
    expect(all('.rules-view [aria-selected=true]')).toHaveLength(1);
    expect(() => model.get('rule')).not.toThrow();
    expect('rule' in model.state).toBe(false);
    stop();
  });

  it('knows without a kernel which rule decides a row', () => {
    const summary = { ...state().summary, student: 'rules', shows: 'rules' };
    const model = new FakeModel({ ...state(), live: false, tree: {}, rules: rules(), summary });
    const { all, stop } = render(distillation, model);
    click(all('.rows .line')[0]);
    model.set('leaf', 2);
    expect(all('.rules-view .line')[1].classList.contains('decides')).toBe(true);
    stop();
  });

  it('knows without a kernel how the score of a row that the page holds comes about', () => {
    const kept = {
      rows: wire([2, 4], 'i4'),
      values: [['1'], ['52']],
      at: wire([1, 52], 'f4', [2, 1]),
      adds: wire([0.25, 0.5], 'f4', [2, 1, 1]),
      total: wire([-0.75, -0.5], 'f4', [2, 1]),
      student: wire([0.7, 0.3, 0.6, 0.4], 'f4', [2, 2]),
      teacher: wire([0.7, 0.3, 0.6, 0.4], 'f4', [2, 2])
    };
    const term = {
      name: 'income',
      columns: ['income'],
      kind: 'line',
      importance: 1,
      cost: 0,
      scores: wire([0, 1], 'f4', [2, 1]),
      edges: doubles([0, 100])
    };
    const terms = {
      family: 'linear',
      classes,
      scores: ['yes'],
      intercept: [-1],
      reading: 'A sum.',
      centred: false,
      rows: null,
      all: 3,
      near: false,
      terms: [term]
    };
    const summary = { ...state().summary, student: 'linear', shows: 'terms' };
    const model = new FakeModel({
      ...{ ...state(), live: false, tree: {}, terms, summary },
      reasons: { kept }
    });
    const { all, stop } = render(distillation, model);
    const foot = () => all('.terms-view .foot')[0].textContent;
    expect(foot()).toBe('');
    model.set('row', 4);
    expect(foot()).toContain('Row 4:');
    expect(foot()).toContain('+0.5');
    model.set('row', 6);
    expect(foot()).toBe('');
    stop();
  });

  it('shows a student without a view of its own as Python drew it', () => {
    const summary = { ...state().summary, student: 'net', shows: 'still' };
    const still = '<style>p { color: red }</style><div class="jd"><p>A net.</p></div>';
    const model = new FakeModel({ ...state(), tree: {}, still, summary });
    const { root, stop } = render(distillation, model);
    const drawn = root.querySelector('.whole .fragment')?.shadowRoot;
    expect(drawn?.querySelector('p')?.textContent).toBe('A net.');
    model.set('still', '<div class="jd"><p>Another.</p></div>');
    expect(drawn?.querySelector('p')?.textContent).toBe('Another.');
    stop();
  });
});
