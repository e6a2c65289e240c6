import { describe, expect, it } from 'vitest';
import certificate from '../widgets/certificate';
import { account, entry, state } from './accounts';
import { click, FakeModel, HOSTILE, press, render, wait } from './fakes';

const texts = (elements: Element[]) => elements.map((e) => e.textContent);

describe('certificate view', () => {
  it('shows the rule with every condition, its margins and the narrowest', () => {
    const { all, stop } = render(certificate, new FakeModel(state()));
    expect(texts(all('.big'))[0]).toContain('yes (0.77)');
    expect(texts(all('.big .tag'))).toEqual(['▲ they part']);
    const lines = all('.margins tbody tr');
    expect(texts(lines.map((line) => line.querySelector('th') as Element))).toEqual([
      '46.85 < income <= 58.95',
      'income <= 58.95',
      'income > 46.85',
      'employed is True'
    ]);
    expect(lines[1].className).toBe('narrowest');
    expect(texts(all('.margins .tag'))).toEqual(['narrowest']);
    expect(lines[2].textContent).toContain('10.35 away (0.5 standard deviations)');
    expect(lines[2].querySelector('.beyond')?.textContent).toBe('no (0.554)');
    expect(lines[3].textContent).toContain('not so for False');
    expect(lines[2].querySelector<HTMLElement>('.track span')?.style.width).toBe('16.7%');
    stop();
  });

  it('shows both distributions, the reasons of both, the change and what bound it', () => {
    const { all, stop } = render(certificate, new FakeModel(state()));
    const bars = all('.card .twins');
    expect(bars[0].querySelectorAll('.bar.teacher')).toHaveLength(2);
    expect(texts([...bars[0].querySelectorAll('tbody tr')])).toEqual([
      'no60.0\u00a0%23.0\u00a0%',
      'yes40.0\u00a0%77.0\u00a0%'
    ]);
    expect(bars[1].querySelectorAll('.bar.teacher')).toHaveLength(0);
    expect(texts([...bars[2].querySelectorAll('tbody tr')])).toEqual(['income = 57.2−0.4+0.7']);
    expect(texts(all('.steps tbody tr'))).toEqual(['income57.2→46.81.07']);
    expect(texts(all('.kept tbody tr'))[0]).toBe(
      'income may only raise P(yes) bounds the change✔ provenevery leaf'
    );
    expect(texts(all('.tag')).join()).toContain('the teacher does not follow');
    expect(texts(all('.values tbody tr'))).toEqual(['income57.2', 'employedTrue']);
    expect(texts(all('.verified'))).toEqual(['Applied to the row again.']);
    stop();
  });

  it('shows a sum with all its terms, and numbers without distributions', () => {
    const number = { text: '151.2', answer: '151.2', number: 151.2, classes: [], shares: [] };
    const sum = {
      text: 'The prediction is the sum:',
      scores: ['prediction'],
      shown: 0,
      intercept: [100],
      terms: [{ text: 'bmi = 0.06', adds: [51.2] }],
      total: [151.2],
      inside: []
    };
    const shown = account({
      rule: null,
      sum,
      student: number,
      teacher: null,
      teacher_note: 'it was not asked',
      agrees: null,
      change: null,
      constraints: [],
      reasons: []
    });
    const { all, stop } = render(certificate, new FakeModel(state({ shown })));
    expect(texts(all('.added tbody tr'))).toEqual(['intercept+100', 'bmi = 0.06+51.2', 'sum+151']);
    expect(all('.card')).toHaveLength(0);
    expect(texts(all('article p'))[1]).toContain('not known: it was not asked');
    stop();
  });

  it('goes through certificates; what comes too late is not shown', async () => {
    const batch = [entry(5, 'r5'), entry(8, 'r8'), entry(9, 'r9')];
    const model = new FakeModel(state({ batch }));
    const { all, stop } = render(certificate, model);
    const [before, after] = all('.through button') as HTMLButtonElement[];
    expect(before.disabled).toBe(true);
    click(after);
    click(after);
    expect([model.get('place'), model.get('row')]).toEqual([2, 9]);
    expect(after.disabled).toBe(true);
    expect(texts(all('[role=status]'))[0]).toBe('Certifying row 9 …');
    expect(all('article')[0].getAttribute('aria-busy')).toBe('true');
    // the answer to the first click
    model.set('shown', account({ position: 8, title: 'Certificate of row r8' }));
    expect(texts(all('h2'))).toEqual(['Certificate of row r5 (held out)']);
    model.set('shown', account({ position: 9, title: 'Certificate of row r9' }));
    expect(texts(all('h2'))).toEqual(['Certificate of row r9']);
    expect(texts(all('.through .dim'))).toEqual(['3 of 3']);
    await wait(200);
    expect(model.saves).toBe(1);
    stop();
  });

  it('asks a kernel for any other row', () => {
    const model = new FakeModel(state({ among: 100 }));
    const { root, all, stop } = render(certificate, model);
    const field = root.querySelector('.other input') as HTMLInputElement;
    expect(field.value).toBe('5');
    field.value = '42';
    (root.querySelector('form') as HTMLFormElement).dispatchEvent(
      new Event('submit', { cancelable: true })
    );
    expect([model.get('place'), model.get('row')]).toEqual([null, 42]);
    model.set('shown', { position: 42, refused: 'The rule does not come to the answer.' });
    expect(texts(all('article'))).toEqual([
      'There is no certificate of row 42: The rule does not come to the answer.'
    ]);
    expect(all('.copying')[0].hidden).toBe(true);
    stop();
  });

  it('carries all pages where there is no kernel', async () => {
    const batch = [entry(5, 'r5'), entry(null, 'new')];
    const pages = [account(), account({ position: null, label: 'new', title: 'A new row' })];
    const model = new FakeModel(state({ batch, pages, live: false, among: 100 }));
    const { all, root, stop } = render(certificate, model);
    expect((root.querySelector('.other') as HTMLElement).hidden).toBe(true);
    const select = root.querySelector('select') as HTMLSelectElement;
    select.value = '1';
    select.dispatchEvent(new Event('change'));
    expect(model.get('row')).toBe(null);
    expect(texts(all('h2'))).toEqual(['A new row']);
    model.set('place', null);
    model.set('row', 7);
    expect(texts(all('[role=status]'))[0]).toContain('open this in a running notebook');
    stop();
  });

  it('copies the certificate as text', async () => {
    const taken: string[] = [];
    Object.defineProperty(navigator, 'clipboard', {
      configurable: true,
      value: { writeText: async (text: string) => void taken.push(text) }
    });
    const { all, stop } = render(certificate, new FakeModel(state()));
    click(all('.copying button')[0]);
    await wait(0);
    expect(taken).toEqual(['Certificate of row r5, in full']);
    expect(texts(all('.copying [role=status]'))).toEqual(['Copied']);
    stop();
  });

  it('shows names as text, and keys stay its own', () => {
    const shown = account({ values: [[HOSTILE, HOSTILE]], title: HOSTILE });
    const { root, all, stop } = render(certificate, new FakeModel(state({ shown })));
    expect(root.querySelector('img')).toBe(null);
    expect(texts(all('h2'))).toEqual([HOSTILE]);
    press(all('.copying button')[0], 'a');
    stop();
  });
});
