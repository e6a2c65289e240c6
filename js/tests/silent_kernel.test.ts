// What was asked of a kernel that is gone is taken back, and said; a slow one is still heard.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineView } from '../shared/view';
import audit from '../widgets/audit';
import certificate from '../widgets/certificate';
import { ladder as part } from '../widgets/distillation/parts';
import ladder from '../widgets/ladder';
import { account, state as certified } from './accounts';
import { audited, state as explained, payload } from './audited';
import { click, FakeModel, render } from './fakes';
import { state as climbed } from './rungs';

/** The time after which a view says that the kernel has not answered. */
const patience = () => vi.advanceTimersByTimeAsync(1_100);
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('a ladder whose kernel is silent', () => {
  const view = () => {
    const model = new FakeModel(climbed());
    const { root, all, stop } = render(ladder, model);
    const status = () => root.querySelector('[role=status]')?.textContent ?? '';
    return { model, all, stop, status };
  };

  it('takes a rung back that nobody adopts, and takes it again', async () => {
    const { model, all, status, stop } = view();
    click(all('[data-rung="3"]')[0]);
    expect(status()).toContain('Adopting the list of 3 rules');
    await patience();
    expect(status()).toContain('has not answered: the list of 3 rules was not adopted');
    expect(all('.pending')).toHaveLength(0);
    expect(model.state.adopt).toEqual({});
    click(all('[data-rung="3"]')[0]);
    expect(model.state.adopt).toEqual({ family: 'rules', size: 3 });
    expect(status()).toContain('Adopting the list of 3 rules');
    stop();
  });

  it('shows what a slow one has adopted after all', async () => {
    const { model, all, status, stop } = view();
    click(all('[data-rung="3"]')[0]);
    await patience();
    for (const [name, to] of Object.entries({ busy: true, family: 'rules', size: 3 })) {
      model.set(name, to);
    }
    model.set('busy', false);
    expect(status()).toContain('Chosen: list of 3 rules');
    expect(status()).not.toContain('has not answered');
    stop();
  });

  it('is patient with one that is at work', async () => {
    const { model, all, status, stop } = view();
    click(all('[data-rung="3"]')[0]);
    model.set('busy', true);
    await patience();
    expect(status()).toBe('Adopting the list of 3 rules …');
    expect(all('.pending')).toHaveLength(1);
    stop();
  });
});

describe('the ladder of a whole', () => {
  it('knows by the kernel alone that it is at work', async () => {
    const summary = { student: 'tree', chosen: 4 };
    const model = new FakeModel(climbed({ summary }));
    const { root, all, stop } = render(defineView(part), model);
    const status = () => root.querySelector('.status')?.textContent ?? '';
    click(all('[data-rung="3"]')[0]);
    model.set('busy', true);
    await patience();
    expect(status()).toBe('Adopting the list of 3 rules …');
    model.set('busy', false);
    model.set('adopt', {});
    expect(status()).toContain('Chosen: tree of 4 leaves');
    click(all('[data-rung="0"]')[0]);
    await patience();
    expect(status()).toContain('has not answered: the tree of 2 leaves was not adopted');
    stop();
  });
});

describe('a certificate whose kernel is silent', () => {
  const view = () => {
    const model = new FakeModel(certified({ among: 100 }));
    const { root, all, stop } = render(certificate, model);
    const status = () => root.querySelector('[role=status]')?.textContent ?? '';
    const field = () => root.querySelector('input[type=number]') as HTMLInputElement;
    const ask = (row: number) => {
      field().value = String(row);
      root.querySelector('form')?.requestSubmit();
    };
    const late = () => all('.late').length;
    return { model, root, stop, status, field, ask, late };
  };

  it('goes back to the row that is shown', async () => {
    const { model, root, status, field, ask, late, stop } = view();
    ask(9);
    expect([status(), late()]).toEqual(['Certifying row 9 …', 1]);
    await patience();
    expect(status()).toContain('The kernel has not answered: row 9 has no certificate here');
    expect([late(), field().value]).toEqual([0, '5']);
    expect(root.querySelector('article')?.getAttribute('aria-busy')).toBe('false');
    expect(root.textContent).toContain('Certificate of row r5');
    // asked again, it is waited for again
    ask(9);
    expect([status(), late()]).toEqual(['Certifying row 9 …', 1]);
    await patience();
    expect(late()).toBe(0);
    model.set('shown', account({ title: 'Certificate of row r9', position: 9 }));
    expect([status(), field().value]).toEqual(['', '9']);
    expect(root.textContent).toContain('Certificate of row r9');
    stop();
  });

  it('is patient with one that is at work', async () => {
    const { model, status, ask, late, stop } = view();
    ask(9);
    model.set('busy', true);
    await patience();
    expect([status(), late()]).toEqual(['Certifying row 9 …', 1]);
    stop();
  });

  it('waits for nothing that was refused', async () => {
    const { model, status, field, ask, late, stop } = view();
    ask(999);
    model.set('error', 'Expected a position below 100.');
    expect([status(), late(), field().value]).toEqual(['', 0, '5']);
    await patience();
    expect(status()).toBe('');
    stop();
  });
});

describe('an audit whose kernel is silent', () => {
  const view = (more = {}) => {
    const model = new FakeModel(explained(more));
    const { root, all, stop } = render(audit, model);
    const status = () => root.querySelector('.reasons [role=status]')?.textContent ?? '';
    const button = () => root.querySelector('.asking button, .chart .button') as HTMLButtonElement;
    return { model, all, stop, status, button };
  };

  it('says that nothing was explained, and can be asked again', async () => {
    const { model, all, status, button, stop } = view({ reasons: {} });
    click(button());
    expect([status(), button().disabled]).toEqual(['Explaining both models by SHAP …', true]);
    await patience();
    expect(status()).toContain('has not answered: nothing was explained by SHAP');
    expect(button().disabled).toBe(false);
    expect(model.state.ask).toEqual({});
    click(button());
    expect(model.state.ask).toEqual({ method: 'shap' });
    await patience();
    // it was only slow
    model.set('asking', 'shap');
    expect([status(), button().disabled]).toEqual(['Explaining both models by SHAP …', true]);
    model.set('asking', '');
    model.set('reasons', { shap: payload() });
    expect(all('.twins tbody tr')).toHaveLength(2);
    expect(status()).toBe('The mean of 3 rows. Choose one to see its own reasons.');
    stop();
  });

  it('is patient with one that is at work, and names the row that was not explained', async () => {
    const { model, status, button, stop } = view({ row: 5 });
    click(button());
    model.set('asking', 'shap');
    await patience();
    expect(status()).toBe('Explaining both models by SHAP …');
    model.set('asking', '');
    click(button());
    await patience();
    expect(status()).toContain('has not answered: row 5 was not explained by SHAP');
    stop();
  });

  it('says of a part that nobody draws that it is not known', async () => {
    const { model, all, stop } = view({ about: audited, part: 'findings' });
    const panel = () => all('[role=tabpanel]')[0].textContent;
    click(all('[role=tab]')[1]);
    expect(panel()).toContain('Drawing it');
    await patience();
    expect(panel()).toContain('The kernel has not answered: this part is not known here.');
    model.set('panels', { segments: '<p>Worst: age</p>' });
    expect(all('.still')).toHaveLength(1);
    stop();
  });
});
