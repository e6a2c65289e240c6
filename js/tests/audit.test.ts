import { describe, expect, it } from 'vitest';
import audit from '../widgets/audit';
import { audited, payload, state } from './audited';
import { click, FakeModel, HOSTILE, press, render, wire } from './fakes';

const texts = (elements: Element[]) => elements.map((e) => e.textContent);

describe('reasons', () => {
  it('draws the mean of both models, with a hollow bar beside a filled one', () => {
    const { all, stop } = render(audit, new FakeModel(state()));
    const lines = all('.twins tbody tr');
    expect(texts(lines)).toEqual([
      'income72.0\u00a0%100\u00a0%',
      'purpose▲ ignored28.0\u00a0%0\u00a0%'
    ]);
    expect(lines[0].querySelectorAll('.bar.teacher, .bar.student')).toHaveLength(2);
    expect(lines[0].querySelector<HTMLElement>('.bar.student')?.style.width).toBe('100.00%');
    expect(all('.error')).toHaveLength(0);
    expect(texts(all('.twins caption'))[0]).toContain('3 rows: mean |SHAP value|');
    stop();
  });

  it('shows a chosen row, its values and errors, and what the two say', () => {
    const model = new FakeModel(state({ row: 9 }));
    const { all, stop } = render(audit, model);
    expect(texts(all('.twins tbody tr'))[0]).toBe('income = 60.1+0.4+0.3');
    // 3 steps of 0.01 to either side, of the teacher alone
    expect(all('.twins tbody tr:nth-child(2) .error')).toHaveLength(1);
    expect(texts(all('[role=status]'))[0]).toBe(
      'Row r9: the teacher says yes 80.0\u00a0%, the student no 60.0\u00a0%. They part.'
    );
    expect(texts(all('[aria-selected=true]'))[0]).toContain('r9');
    expect(texts(all('.own'))[0]).toContain('0.10');
    model.set('row', 17);
    expect(texts(all('.twins .value'))).toEqual([' = missing', ' = car']);
    model.set('row', null);
    expect(all('.own')).toHaveLength(0);
    stop();
  });

  it('tells both shares of the column that is looked at', () => {
    const { all, stop } = render(audit, new FakeModel(state({ row: 4 })));
    const line = all('.twins tbody tr')[0];
    line.dispatchEvent(new FocusEvent('focusin', { bubbles: true, composed: true }));
    expect(texts(all('.told'))[0]).toBe(
      'income = 50: +0.6 in the teacher (75.0\u00a0% of its reasons), +0.5 in the student (100\u00a0% of its reasons).'
    );
    press(line, 'ArrowDown');
    expect(all('.twins tbody tr').map((e) => e.tabIndex)).toEqual([-1, 0]);
    stop();
  });

  it('walks through the rows by keys and buttons', () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(audit, model);
    const list = root.querySelector('[role=listbox]') as HTMLElement;
    press(list, 'ArrowDown');
    expect(model.get('row')).toBe(4);
    press(list, 'End');
    expect(model.get('row')).toBe(17);
    click(all('.steps button')[0]);
    expect(model.get('row')).toBe(9);
    press(list, 'Escape');
    expect(model.get('row')).toBe(null);
    const select = root.querySelector('.chooser select') as HTMLSelectElement;
    select.value = 'alike';
    select.dispatchEvent(new Event('change'));
    expect(texts(all('.rows .label'))).toEqual(['r9', 'r17', 'r4']);
    stop();
  });

  it('says of a row that was not explained that it was not, and offers it', () => {
    const model = new FakeModel(state({ row: 5 }));
    const { all, stop } = render(audit, model);
    expect(texts(all('[role=status]'))[0]).toContain('not among the 3');
    click(all('.chart .button')[0]);
    expect(model.get('ask')).toEqual({ method: 'shap', row: 5 });
    stop();
  });

  it('asks for another method only by a button that says the cost', () => {
    const model = new FakeModel(state());
    const { all, root, stop } = render(audit, model);
    const lime = root.querySelector('input[value=lime]') as HTMLInputElement;
    lime.checked = true;
    lime.dispatchEvent(new Event('change'));
    expect(model.get('method')).toBe('lime');
    expect(texts(all('.asking p'))).toEqual([
      'Nothing was explained by this method yet.',
      'About 200 rows.'
    ]);
    expect(model.get('ask')).toEqual({});
    click(all('.asking button')[0]);
    expect(model.get('ask')).toEqual({ method: 'lime' });
    model.set('asking', 'lime');
    expect(texts(all('[role=status]'))[0]).toBe('Explaining both models by LIME …');
    expect((all('.asking button')[0] as HTMLButtonElement).disabled).toBe(true);
    model.set('asking', '');
    model.set('reasons', { shap: payload(), lime: payload({ method: 'lime', title: 'LIME' }) });
    expect(all('.twins tbody tr')).toHaveLength(2);
    stop();
  });

  it('offers nothing in a page without a kernel', () => {
    const model = new FakeModel(state({ live: false, reasons: {}, method: 'shap' }));
    const { all, stop } = render(audit, model);
    expect(all('.asking button')).toHaveLength(0);
    expect(texts(all('.asking'))[0]).toContain('running notebook');
    stop();
  });

  it('offers to explain the student where the teacher cannot be asked', () => {
    const about = { costs: { shap: 'Only the student can be explained.' }, alone: true };
    const model = new FakeModel(state({ about, reasons: {} }));
    const { all, stop } = render(audit, model);
    expect(texts(all('.asking button'))).toEqual(['Explain the student by SHAP']);
    click(all('.asking button')[0]);
    expect(texts(all('[role=status]'))[0]).toBe('Explaining the student by SHAP …');
    stop();
  });

  it('explains each of several classes', () => {
    const reasons = { shap: payload({ classes: ['a', 'b'] }, ['a', 'b']) };
    const model = new FakeModel(state({ reasons, row: 17 }));
    const { all, root, stop } = render(audit, model);
    // the teacher's class decides: the second score
    expect(texts(all('.twins tbody tr'))[0]).toContain('−1.6');
    model.set('output', 'a');
    expect(texts(all('.twins tbody tr'))[0]).toContain('−0.8');
    expect((root.querySelector('.toolbar select') as HTMLSelectElement).value).toBe('a');
    stop();
  });

  it('shows a student alone', () => {
    const alone = payload({
      teacher: null,
      values: wire([0.5, 0, 0.3, 0, -0.9, 0], 'f4', [1, 3, 2, 1]),
      shares: wire([1, 0], 'f4', [1, 1, 2]),
      errors: null,
      agreement: [],
      ignored: [false, false]
    });
    const { all, stop } = render(audit, new FakeModel(state({ reasons: { shap: alone } })));
    expect(all('.bar.teacher')).toHaveLength(0);
    expect(texts(all('.twins tbody tr'))).toEqual(['income100\u00a0%', 'purposenot used0\u00a0%']);
    expect(all('.agreement')).toHaveLength(0);
    stop();
  });

  it('shows names as text', () => {
    const reasons = { shap: payload({ columns: [HOSTILE, 'b'], labels: [HOSTILE, 'r', 's'] }) };
    const { all, root, stop } = render(audit, new FakeModel(state({ reasons, row: 4 })));
    expect(root.querySelector('img')).toBe(null);
    expect(texts(all('.twins .name'))[0]).toBe(HOSTILE);
    stop();
  });

  it('says of a payload that cannot be read that it cannot', () => {
    const reasons = { shap: payload({ rows: wire([1], 'f4') }) };
    const { all, stop } = render(audit, new FakeModel(state({ reasons })));
    expect(texts(all('.alert'))[0]).toContain('Cannot draw this: expected a column of i4');
    stop();
  });
});

describe('audit', () => {
  it('has a tab for every part, and says what was not looked at', () => {
    const model = new FakeModel(state({ about: audited, part: 'findings' }));
    const { all, stop } = render(audit, model);
    expect(texts(all('[role=tab]'))).toEqual([
      'Findings 1',
      'Segments',
      'Bias (not looked at)',
      'Reasons'
    ]);
    expect(texts(all('.finding .words'))[0]).toContain('It parts there. Look.');
    expect(texts(all('.finding tbody tr'))[0]).toBe('age > 6012');
    expect(texts(all('.finding'))[0]).toContain('and 3 rows more');
    click(all('[role=tab]')[2]);
    expect(model.get('part')).toBe('bias');
    expect(texts(all('[role=tabpanel]'))[0]).toContain('Not looked at: no groups are named.');
    press(all('[role=tablist]')[0], 'ArrowRight');
    expect(model.get('part')).toBe('attributions');
    expect(all('.twins tbody tr')).toHaveLength(2);
    press(all('[role=tablist]')[0], 'ArrowRight');
    expect(model.get('part')).toBe('findings');
    expect(all('[aria-selected=true]')[0].id).toBe('tab-findings');
    stop();
  });

  it('shows a drawing of the kernel without anything that runs', () => {
    const model = new FakeModel(state({ about: audited, part: 'segments' }));
    const { all, stop } = render(audit, model);
    expect(texts(all('.panel'))[0]).toContain('Drawing it');
    model.set('panels', {
      segments: '<p onclick="alert(1)">Worst: age</p><script>alert(1)</script><svg></svg>'
    });
    const still = all('.still')[0].shadowRoot as ShadowRoot;
    expect(still.querySelector('p')?.textContent).toBe('Worst: age');
    expect(still.querySelector('script')).toBe(null);
    expect(still.querySelector('p')?.hasAttribute('onclick')).toBe(false);
    expect(still.querySelector('svg')).not.toBe(null);
    stop();
  });
});
