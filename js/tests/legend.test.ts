import { afterEach, describe, expect, it, vi } from 'vitest';
import { classItems, makeLegend } from '../shared/legend';
import { click } from './fakes';

/** Lays out so many items on a line: nothing here has a size of its own. */
function lay(onALine: number): void {
  vi.spyOn(HTMLElement.prototype, 'offsetTop', 'get').mockImplementation(function (
    this: HTMLElement
  ) {
    const shown = [...(this.parentElement?.children ?? [])].filter(
      (one) => !(one as HTMLElement).hidden
    );
    return 20 * Math.floor(shown.indexOf(this) / onALine);
  });
}

const names = (n: number) => Array.from({ length: n }, (_, j) => `class ${j}`);

function legend(n: number, named: number[] = []) {
  const ended = new AbortController();
  const { element, draw } = makeLegend(ended.signal);
  document.body.replaceChildren(element);
  draw('Classes', classItems(names(n), new Set(named)));
  const items = () => [...element.children].filter((one) => !(one as HTMLElement).hidden);
  const button = element.querySelector('button') as HTMLElement;
  return { element, items, button, stop: () => ended.abort() };
}

describe('a legend', () => {
  afterEach(() => vi.restoreAllMocks());

  it('shows all that have room, and no button', () => {
    lay(4);
    const { items, stop } = legend(12);
    expect(items().map((one) => one.textContent)).toEqual(names(12));
    stop();
  });

  it('shows as many as have room with the button that shows the others', () => {
    lay(4);
    const { items, button, stop } = legend(30);
    expect(items()).toHaveLength(12);
    expect(items().at(-1)?.textContent).toBe('and 19 more');
    expect(button.getAttribute('aria-expanded')).toBe('false');
    button.focus();
    click(button);
    expect(items()).toHaveLength(31);
    expect(items().at(-1)?.textContent).toBe('show fewer');
    expect(button.getAttribute('aria-expanded')).toBe('true');
    expect(document.activeElement).toBe(button);
    click(button);
    expect(items()).toHaveLength(12);
    stop();
  });

  it('has a line for each where no two have room', () => {
    lay(1);
    const { items, stop } = legend(4);
    expect(items().map((one) => one.textContent)).toEqual(['class 0', 'class 1', 'and 2 more']);
    stop();
  });

  it('names last what is named nowhere, and keeps the colour of each', () => {
    lay(9);
    const { items, stop } = legend(4, [1, 3]);
    expect(items().map((one) => one.textContent)).toEqual([
      'class 1',
      'class 3',
      'class 0',
      'class 2'
    ]);
    const square = items()[1].querySelector('.swatch') as HTMLElement;
    expect(square.getAttribute('style')).toContain('--jd-class-3');
    stop();
  });
});
