import { expect } from 'vitest';
import type { TreePayload } from '../shared/tree';
import type { Wire } from '../shared/wire';

/** A stand-in for the host's model that refuses any trait the view was not promised. */
export class FakeModel {
  callbacks = new Map<string, Set<() => void>>();
  saves = 0;
  log: [string, unknown][] = [];

  constructor(readonly state: Record<string, unknown>) {}

  get(name: string): unknown {
    return this.state[name];
  }

  set(name: string, value: unknown): void {
    if (!(name in this.state)) throw new Error(`no trait ${name}`);
    this.log.push([name, value]);
    if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
    this.state[name] = value;
    for (const callback of [...(this.callbacks.get(`change:${name}`) ?? [])]) callback();
  }

  save_changes(): void {
    this.saves += 1;
  }

  on(event: string, callback: () => void): void {
    const known = this.callbacks.get(event) ?? new Set();
    this.callbacks.set(event, known.add(callback));
  }

  off(event: string, callback: () => void): void {
    this.callbacks.get(event)?.delete(callback);
  }

  get listeners(): number {
    return [...this.callbacks.values()].reduce((sum, set) => sum + set.size, 0);
  }
}

export function wire(values: number[], dtype: 'f4' | 'i4', shape = [values.length]): Wire {
  const array = dtype === 'f4' ? Float32Array.from(values) : Int32Array.from(values);
  return { dtype, shape, data: new DataView(array.buffer) };
}

/** A full binary tree: the children of node i are 2i + 1 and 2i + 2. */
export function fullTree(depth: number, classes = ['no', 'yes']): TreePayload {
  const size = 2 ** (depth + 1) - 1;
  const inner = 2 ** depth - 1;
  const nodes = Array.from({ length: size }, (_, i) => i);
  const level = (i: number) => Math.floor(Math.log2(i + 1));
  const shares = nodes.flatMap((i) => classes.map((_, j) => (j === i % classes.length ? 0.75 : 0)));
  const even = shares.map((share) => share + 0.25 / classes.length);
  const k = classes.length;
  return {
    classes,
    names: ['teacher', 'student'],
    notes: [],
    rows: null,
    columns: Array.from({ length: depth }, (_, d) => `x${d + 1}`),
    feature: wire(
      nodes.map((i) => (i < inner ? level(i) : depth)),
      'i4'
    ),
    tails: nodes.map((i) => (i === 0 ? '' : ` ${i % 2 ? '<=' : '>'} ${i}`)),
    full: {},
    left: wire(
      nodes.map((i) => (i < inner ? 2 * i + 1 : -1)),
      'i4'
    ),
    right: wire(
      nodes.map((i) => (i < inner ? 2 * i + 2 : -1)),
      'i4'
    ),
    support: wire(
      nodes.map((i) => 1024 / 2 ** level(i)),
      'f4'
    ),
    teacher: wire(even, 'f4', [size, k]),
    student: wire(even, 'f4', [size, k]),
    agreement: wire(
      nodes.map(() => 0.9),
      'f4'
    )
  };
}

/** A full tree of a regression: means from 100 to 200, the error 7 everywhere. */
export function numberTree(depth: number) {
  const { tails, ...tree } = fullTree(depth, []);
  const means = tails.map((_, i) => (i === 1 ? 120 : 150));
  const error = tails.map(() => 7);
  return {
    ...tree,
    tails,
    teacher: wire(means, 'f4', [tails.length, 1]),
    student: wire(
      means.map((mean) => (mean === 120 ? 125 : mean)),
      'f4',
      [tails.length, 1]
    ),
    range: [100, 200] as [number, number],
    error: wire(error, 'f4')
  };
}

export const common = { live: true, error: '' };

interface View {
  render: (props: { model: FakeModel; el: HTMLElement; signal: AbortSignal }) => () => void;
}

/** Renders a view as a host does, and notes every DOM listener that would outlive its signal. */
export function render(view: View, model: FakeModel) {
  const ended = new AbortController();
  const el = document.createElement('div');
  document.body.append(el);
  const loose: string[] = [];
  const original = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, callback, options) {
    const bound = typeof options === 'object' && (options?.signal || this instanceof AbortSignal);
    if (!bound) loose.push(type);
    return original.call(this, type, callback, options);
  };
  try {
    view.render({ model, el, signal: ended.signal });
  } finally {
    EventTarget.prototype.addEventListener = original;
  }
  const root = el.firstElementChild?.shadowRoot as ShadowRoot;
  const stop = () => {
    ended.abort();
    expect(model.listeners).toBe(0);
    expect(loose).toEqual([]);
    expect(el.childElementCount).toBe(0);
    el.remove();
  };
  return { el, root, stop, all: (css: string) => [...root.querySelectorAll<HTMLElement>(css)] };
}

export function press(target: Element, key: string): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
}

export function click(target: Element): void {
  target.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
}

export const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

export const HOSTILE = '</script><img src=x onerror=alert(1)>';
