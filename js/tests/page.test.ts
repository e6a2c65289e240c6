import { describe, expect, it, vi } from 'vitest';
import { HOSTILE } from './fakes';

const view = `export default {
  render({ model, el, signal }) {
    if (!signal || model.get('live')) throw new Error('not as a host renders');
    el.textContent = model.get('name');
  }
};`;

/** A page as it is exported, before its script has run. */
function page(esm: string) {
  const element = (id: string, text: string) => {
    const made = document.createElement('div');
    made.id = id;
    made.textContent = text;
    return made;
  };
  document.body.replaceChildren(
    element('jd-static', 'picture'),
    element('jd-view', ''),
    element('jd-state', JSON.stringify({ name: HOSTILE, live: true })),
    element('jd-esm', esm)
  );
  URL.createObjectURL = () => `data:text/javascript,${encodeURIComponent(esm)}`;
  URL.revokeObjectURL = () => undefined;
  return document.getElementById('jd-static') as HTMLElement;
}

page(view);
const { PageModel, show } = await import('../page/page');

describe('an exported page', () => {
  it('renders its view and only then hides the static picture', async () => {
    const picture = page(view);
    const done = show();
    expect(picture.hidden).toBe(false);
    await done;
    expect(picture.hidden).toBe(true);
    expect(document.getElementById('jd-view')?.textContent).toBe(HOSTILE);
    expect(document.querySelectorAll('img')).toHaveLength(0);
  });

  it('keeps the static picture when the view fails', async () => {
    const picture = page('export default { render() { throw new Error("broken"); } };');
    await expect(show()).rejects.toThrow('broken');
    expect(picture.hidden).toBe(false);
  });

  it('gives the view a model that gets, sets and tells', () => {
    const model = new PageModel({ a: 1, live: false });
    const heard = vi.fn();
    model.on('change:a', heard);
    model.set('a', 2);
    model.set('a', 2);
    model.save_changes();
    expect(model.get('a')).toBe(2);
    expect(heard).toHaveBeenCalledOnce();
    model.off('change:a', heard);
    model.set('a', 3);
    expect(heard).toHaveBeenCalledOnce();
  });
});
