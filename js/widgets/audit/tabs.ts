import { h, KEYS, listen, stepOf } from '../../shared/dom';

export interface Part {
  name: string;
  tab: string;
  asks: string;
  /** Why it was not looked at; empty where it was. */
  skipped: string;
}

/** One tab for each part of the audit; the arrow keys walk through them. */
export function tabs(
  parts: Part[],
  counts: Record<string, number>,
  signal: AbortSignal,
  choose: (name: string) => void
) {
  const panel = h('div', { role: 'tabpanel', id: 'panel', class: 'panel', tabindex: 0 });
  const made = parts.map(({ name, tab, skipped }) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${name}`,
        class: skipped ? 'tab skipped' : 'tab',
        'aria-controls': 'panel',
        ...KEYS
      },
      tab,
      ...(counts[name] ? [h('span', { class: 'tally' }, ` ${counts[name]}`)] : []),
      ...(skipped ? [h('span', { class: 'unseen' }, ' (not looked at)')] : [])
    )
  );
  const list = h('div', { role: 'tablist', class: 'tabs', 'aria-label': 'Parts of the audit' });
  list.append(...made);
  let at = 0;
  const go = (to: number) => {
    const next = (to + parts.length) % parts.length;
    choose(parts[next].name);
    made[next].focus();
  };
  listen(list, signal, {
    click: (event) => {
      const next = made.findIndex((tab) => event.composedPath().includes(tab));
      if (next >= 0) go(next);
    },
    keydown: (event) => {
      const next = stepOf(event, {
        ArrowRight: at + 1,
        ArrowLeft: at - 1,
        Home: 0,
        End: parts.length - 1
      });
      if (next !== undefined) go(next);
    }
  });
  return {
    element: h('div', { class: 'tabbed' }, list, panel),
    panel,
    follow(name: string): void {
      at = Math.max(
        0,
        parts.findIndex((part) => part.name === name)
      );
      for (const [i, tab] of made.entries()) {
        tab.setAttribute('aria-selected', String(i === at));
        tab.tabIndex = i === at ? 0 : -1;
      }
      panel.setAttribute('aria-labelledby', made[at].id);
    }
  };
}
