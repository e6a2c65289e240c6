// Shows a saved view in a page of its own: no kernel, no network, one file.

type Callback = () => void;

/** The model that the views expect, over the state that the page carries. */
export class PageModel {
  #state: Record<string, unknown>;
  #callbacks = new Map<string, Set<Callback>>();

  constructor(state: Record<string, unknown>) {
    this.#state = state;
  }

  get(name: string): unknown {
    return this.#state[name];
  }

  set(name: string, value: unknown): void {
    if (Object.is(this.#state[name], value)) return;
    this.#state[name] = value;
    for (const event of [`change:${name}`, 'change']) {
      for (const callback of [...(this.#callbacks.get(event) ?? [])]) callback();
    }
  }

  /** There is nobody to send to. */
  save_changes(): void {}

  on(event: string, callback: Callback): void {
    const known = this.#callbacks.get(event) ?? new Set();
    this.#callbacks.set(event, known.add(callback));
  }

  off(event: string, callback?: Callback): void {
    if (callback) this.#callbacks.get(event)?.delete(callback);
    else this.#callbacks.delete(event);
  }
}

const text = (id: string): string => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`expected an element with the id ${id} in this page`);
  return found.textContent ?? '';
};

/** Renders the view, and only then takes the static picture away. */
export async function show(): Promise<void> {
  const model = new PageModel({ error: '', ...JSON.parse(text('jd-state')), live: false });
  const url = URL.createObjectURL(new Blob([text('jd-esm')], { type: 'text/javascript' }));
  try {
    const view = (await import(url)).default;
    const place = document.getElementById('jd-view');
    if (!place) throw new Error('expected an element with the id jd-view in this page');
    await view.render({ model, el: place, signal: new AbortController().signal });
    const picture = document.getElementById('jd-static');
    if (picture) picture.hidden = true;
  } finally {
    URL.revokeObjectURL(url);
  }
}

// The static picture stays in place when anything fails; the console says why.
show().catch((reason) => console.error('jupyter-distill:', reason));
