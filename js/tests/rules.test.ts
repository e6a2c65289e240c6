import { describe, expect, it, vi } from 'vitest';
import rules from '../widgets/rules';
import { decodeRules, found, type RulesPayload, sentence, whole } from '../widgets/rules/list';
import { click, common, FakeModel, HOSTILE, press, render, wait, wire } from './fakes';

/** Three rules on 100 rows, and what is said otherwise. */
const list = (more: Partial<RulesPayload> = {}): RulesPayload => ({
  classes: ['bad', HOSTILE],
  columns: ['income', 'purpose'],
  conditions: [['income > 10', 'purpose is car … and 9 more'], ['age <= 3'], ['income <= 2'], []],
  full: { 0: ['income > 10', 'purpose is car or boat'] },
  ordered: true,
  nodes: wire([1, 2, 3, 4], 'i4'),
  support: wire([20, 50, 25, 5], 'f4'),
  teacher: wire([0.75, 0.25, 0.25, 0.75, 0.5, 0.5, 0, 1], 'f4', [4, 2]),
  student: wire([0.875, 0.125, 0.25, 0.75, 0.375, 0.625, 0.25, 0.75], 'f4', [4, 2]),
  agreement: wire([0.9, 0.96, 0.72, 0.4], 'f4'),
  ...more
});
const regression = (): RulesPayload => ({
  ...list({ classes: [] }),
  teacher: wire([10, 20, 30, 40], 'f4', [4, 1]),
  student: wire([11, 20, Number.NaN, 38], 'f4', [4, 1]),
  agreement: wire([Number.NaN, Number.NaN, Number.NaN, Number.NaN], 'f4'),
  range: [10, 40],
  axis: [8, 40],
  error: wire([1, 12, 3, Number.NaN], 'f4')
});
const state = (more = {}) => ({
  ...common,
  rules: list(),
  decided: {},
  rule: null,
  node: null,
  row: null,
  leaf: null,
  sort: 'list',
  filter: '',
  ...more
});
const open = (more = {}) => {
  const model = new FakeModel(state(more));
  const view = render(rules, model);
  const numbers = () => view.all('.line .no').map((cell) => Number(cell.textContent));
  return { model, numbers, ...view };
};

describe('rules view', () => {
  it('writes each rule in words, with its bars, rows and agreement', () => {
    const { all, root, stop } = open();
    expect(all('.line')[0].querySelector('.asked')?.textContent).toBe(
      'if income > 10 and purpose is car … and 9 more'
    );
    expect(all('.line')[3].querySelector('.asked')?.textContent).toBe('otherwise');
    expect(root.querySelector('.count')?.textContent).toBe('3 rules, the first that holds decides');
    const second = all('.line')[1];
    expect(second.querySelector('.answer')?.textContent).toBe(HOSTILE);
    expect(second.querySelector('.rows')?.textContent).toBe('50 rows50.0\u00a0%');
    expect(second.querySelector('.fit')?.textContent).toBe('96.0\u00a0% agreement48 of 50');
    const bars = [...second.querySelectorAll('.bar')].map((bar) =>
      [...bar.children].map((part) => part.className)
    );
    expect(bars).toEqual([
      ['', 'named'],
      ['', 'named']
    ]);
    expect(second.querySelector('.pair')?.getAttribute('aria-label')).toContain(
      'teacher: bad 25.0\u00a0%'
    );
    expect(root.querySelectorAll('img')).toHaveLength(0);
    stop();
  });

  it('chooses by click and by key, for itself and for linked views', () => {
    const { model, all, root, stop } = open();
    click(all('.line')[1]);
    expect([model.state.rule, model.state.node]).toEqual([1, 2]);
    expect(all('[aria-selected="true"]')).toEqual([all('.line')[1]]);
    expect(root.querySelector('.strip .rule')?.textContent).toContain('Rule 2: if age <= 3');
    const grid = root.querySelector('[role=grid]') as HTMLElement;
    press(grid, 'End');
    press(grid, 'ArrowUp');
    expect(all('.line[tabindex="0"]')).toEqual([all('.line')[2]]);
    press(grid, 'Enter');
    expect([model.state.rule, model.state.node]).toEqual([2, 3]);
    press(grid, 'Escape');
    expect([model.state.rule, model.state.node]).toEqual([null, null]);
    model.set('node', 4);
    expect(model.state.rule).toBe(3);
    model.set('node', 0);
    expect([model.state.rule, model.state.node]).toEqual([null, 0]);
    stop();
  });

  it('sorts and filters, what is said otherwise last', async () => {
    const { model, numbers, all, root, stop } = open();
    const select = root.querySelector('select') as HTMLSelectElement;
    select.value = 'support';
    select.dispatchEvent(new Event('change'));
    expect(model.state.sort).toBe('support');
    expect(numbers()).toEqual([2, 3, 1, 4]);
    model.set('sort', 'agreement');
    expect(numbers()).toEqual([3, 1, 2, 4]);
    expect(select.value).toBe('agreement');
    const input = root.querySelector('input') as HTMLInputElement;
    input.value = 'INCOME bad';
    input.dispatchEvent(new Event('input'));
    await wait(220);
    expect(model.state.filter).toBe('INCOME bad');
    expect(numbers()).toEqual([1]);
    expect(root.querySelector('.count')?.textContent).toBe('1 of 4 lines');
    expect(all('.line[tabindex="0"]')).toHaveLength(1);
    model.set('filter', 'boat');
    expect(numbers()).toEqual([1]);
    model.set('filter', 'nothing like it');
    expect((root.querySelector('.grid') as HTMLElement).hidden).toBe(true);
    stop();
  });

  it('shows what a row has where rules fail, and which one decides it', () => {
    const decided = {
      row: 7,
      rule: 1,
      tests: [
        [0, 0, 'is 4, 6 below'],
        [1, 0, 'is 2, 1 below']
      ]
    };
    const { model, all, root, stop } = open({ row: 7, decided });
    expect(all('s').map((part) => part.textContent)).toEqual(['income > 10']);
    expect(all('.why').map((part) => part.textContent)).toEqual([
      ' ✗ is 4, 6 below',
      ' ✓ is 2, 1 below'
    ]);
    expect(all('.decides .no')[0].textContent).toBe('2');
    expect(all('.unasked .no').map((cell) => cell.textContent)).toEqual(['3', '4']);
    // another row, of which the kernel has said nothing yet
    model.set('row', 8);
    expect([all('s').length, all('.decides').length]).toEqual([0, 0]);
    model.set('row', 7);
    click(root.querySelector('.chip') as HTMLElement);
    expect(model.state.row).toBe(null);
    stop();
  });

  it('draws numbers on one line, what is not known without a mark', () => {
    const { all, stop } = open({ rules: regression() });
    const marks = all('.line').map((line) => line.querySelectorAll('.mark').length);
    expect(marks).toEqual([2, 2, 1, 2]);
    expect(all('.line')[1].querySelectorAll('.error')).toHaveLength(3);
    expect(all('.line')[3].querySelectorAll('.error')).toHaveLength(0);
    const [whisker] = all('.line')[1].querySelectorAll('.error');
    const end = (name: string) => Number.parseFloat(whisker.getAttribute(name) ?? '');
    const mark = all('.line')[1].querySelector('.student .mark')?.getAttribute('cx') ?? '';
    expect(end('x1')).toBe(3); // 20 - 12, where the line begins
    expect(end('x1') + end('x2')).toBeCloseTo(2 * Number.parseFloat(mark), 1);
    expect(all('.heads .mix')[0].textContent).toBe('mean, from 8.00 to 40.00');
    expect(all('option')[2].textContent).toBe('largest error first');
    stop();
  });

  it('copies the rule, or selects its text where that is forbidden', async () => {
    const written: string[] = [];
    const clipboard = { writeText: async (text: string) => void written.push(text) };
    const had = vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue(clipboard as Clipboard);
    const { model, root, stop } = open({ rule: 0, node: 1 });
    const button = root.querySelector('.copy') as HTMLButtonElement;
    click(button);
    await wait(0);
    expect(written).toEqual(['if income > 10 and purpose is car or boat then bad']);
    expect(root.querySelector('[role=status]')?.textContent).toBe('Copied');
    model.set('rule', null);
    expect(button.textContent).toBe('Copy all rules');
    had.mockReturnValue(undefined as unknown as Clipboard);
    click(button);
    await wait(0);
    const field = root.querySelector('textarea') as HTMLTextAreaElement;
    expect([field.hidden, field.value.split('\n')[3]]).toEqual([false, `4. otherwise ${HOSTILE}`]);
    expect(root.querySelector('[role=status]')?.textContent).toContain('Selected');
    had.mockRestore();
    stop();
  });

  it('says so where there is nothing, or what cannot be read', () => {
    const none = open({ rules: {} });
    expect(none.root.textContent).toContain('There are no rules yet');
    none.model.set('rules', list());
    expect(none.all('.line')).toHaveLength(4);
    none.stop();
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const wrong = open({ rules: list({ support: wire([1], 'f4') }) });
    expect(wrong.root.textContent).toContain('expected the rows of 4 rules, got 1');
    log.mockRestore();
    wrong.stop();
  });
});

describe('rules as text', () => {
  it('are what the kernel says', () => {
    const four = decodeRules(list());
    if (!four) throw new Error('no rules');
    expect([0, 1, 2, 3].map((place) => sentence(four, place))).toEqual([
      'if income > 10 and purpose is car or boat then bad',
      `if age <= 3 and the rule before does not hold then ${HOSTILE}`,
      `if income <= 2 and none of the 2 rules before holds then ${HOSTILE}`,
      `if none of the 3 rules before holds then ${HOSTILE}`
    ]);
    expect(whole(four).split('\n')[1]).toBe(`2. if age <= 3 then ${HOSTILE}`);
  });

  it('of which nothing is known come last', () => {
    const unknown = decodeRules(list({ agreement: wire([Number.NaN, 0.9, 0.5, 0.1], 'f4') }));
    if (!unknown) throw new Error('no rules');
    expect(found(unknown, 'agreement', '')).toEqual([2, 1, 0, 3]);
    expect(found({ ...unknown, ordered: false }, 'agreement', '')).toEqual([3, 2, 1, 0]);
  });
});
