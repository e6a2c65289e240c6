import { attr, h, KEYS, listen, stepOf } from '../../shared/dom';

export interface Tab {
  name: string;
  title: string;
  /** Draws what the tab holds, when it is opened for the first time. */
  start: (panel: HTMLElement) => void;
}

interface Tabs {
  bar: HTMLElement;
  panels: HTMLElement[];
  panel: (name: string) => HTMLElement;
  open: (name: string) => void;
  /** Says beside the title of a tab what is in it; `more` is for those who listen. */
  mark: (name: string, text: string, more: string) => void;
}

/** Tabs as the ARIA practices have them; the panels that were opened stay, for paper too. */
export function makeTabs(tabs: Tab[], act: (name: string) => void, signal: AbortSignal): Tabs {
  const begun = new Set<string>();
  const made = tabs.map(({ name, title }) => {
    const badge = h('span', { class: 'badge', hidden: true });
    const button = h(
      'button',
      { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}`, ...KEYS },
      h('span', {}, title),
      ' ',
      badge
    );
    const panel = h(
      'div',
      { role: 'tabpanel', id: `panel-${name}`, class: `panel ${name} shut` },
      h('h2', { class: 'of-panel' }, title)
    );
    listen(button, signal, { click: () => act(name) });
    return { name, title, button, badge, panel };
  });
  const bar = h(
    'div',
    { role: 'tablist', class: 'tabs', 'aria-label': 'Parts of the distillation' },
    ...made.map(({ button }) => button)
  );
  listen(bar, signal, {
    keydown: (event) => {
      const at = made.findIndex(({ button }) => button === event.target);
      const last = made.length - 1;
      if (at < 0) return;
      const next = stepOf(event, {
        ArrowRight: at === last ? 0 : at + 1,
        ArrowLeft: at === 0 ? last : at - 1,
        Home: 0,
        End: last
      });
      if (next === undefined) return;
      act(made[next].name);
      made[next].button.focus();
    }
  });
  const open = (name: string) => {
    const found = made.some((one) => one.name === name) ? name : made[0].name;
    for (const [k, { name: own, title, button, panel }] of made.entries()) {
      const chosen = own === found;
      attr(button, { 'aria-selected': String(chosen), tabindex: chosen ? 0 : -1 });
      attr(panel, { 'aria-label': title });
      panel.classList.toggle('shut', !chosen);
      if (chosen && !begun.has(own)) {
        begun.add(own);
        tabs[k].start(panel);
      }
    }
  };
  const mark = (name: string, text: string, more: string) => {
    const one = made.find((other) => other.name === name);
    if (!one) return;
    one.badge.hidden = !text;
    one.badge.replaceChildren(text, h('span', { class: 'unseen' }, ` ${more}`));
  };
  const panel = (name: string) => (made.find((one) => one.name === name) as (typeof made)[0]).panel;
  return { bar, panels: made.map((one) => one.panel), panel, open, mark };
}
