import { attr, colour, s } from '../../shared/dom';
import { brief, count, percent, some } from '../../shared/format';
import { apart, clip, type Measure, measurer, wrap } from '../../shared/text';
import { along, answer, isLeaf, type Numbers, type Tree } from '../../shared/tree';
import { below, hiddenText } from './hidden';
import type { Colour } from './shade';

/** Sizes in pixels at zoom 1, on a grid of 4. */
export const CARD = { height: 56, line: 16, pad: 12, bar: 8, band: 5, more: 14 } as const;
/** Between two cards, one below the other. */
export const GAP = 8;

export interface Pen {
  width: number;
  label: Measure;
  strong: Measure;
  small: Measure;
}

/** Measures with the fonts the style sheet gives to the texts of a card. */
export const pen = (element: Element, width: number): Pen => ({
  width,
  label: measurer(element, 12, 500),
  strong: measurer(element, 13, 600),
  small: measurer(element, 11)
});

/** The condition on the edge, in at most two lines; of a long name the end goes, not the bound. */
export function labelLines(tree: Tree, node: number, { width, label }: Pen): string[] {
  const text = tree.labels[node];
  const name = tree.columns[tree.feature[tree.parent[node]]] ?? '';
  return text ? wrap(text, width, 2, label, text.slice(name.length)) : [];
}

/** What the student says at a node: its class and how sure it is, or its number. */
export function said(
  tree: Tree,
  node: number,
  digits = 1
): { name: string; share: string; ink: string } {
  const { numbers } = tree;
  if (numbers) {
    const name = brief(tree.student[node], numbers.low, numbers.high);
    return { name, share: '', ink: INKS.student };
  }
  const [best, share] = answer(tree, tree.student, node);
  return { name: tree.classes[best], share: percent(share, digits), ink: colour(best) };
}

/** How well that fits the teacher: the name of the measure, and its value. */
export function fitness(tree: Tree, node: number): [string, string] {
  const { numbers } = tree;
  if (!numbers) return ['agreement', percent(tree.agreement[node])];
  return ['error (RMS)', brief(numbers.error[node], numbers.low, numbers.high)];
}

/** Colours of the bars of a regression. */
export const INKS = { teacher: 'var(--jd-dim)', student: 'var(--jd-accent)' } as const;

/** A node: what leads here, the student's answer, and the class mix of teacher and student. */
export function card(tree: Tree, node: number, tools: Pen, by: Colour): SVGGElement {
  const { width, strong, small } = tools;
  const { height, pad } = CARD;
  const top = -height / 2;
  const group = s('g', { class: 'node', role: 'treeitem' });
  // what is drawn is said once, in an order that can be listened to
  group.append(s('text', { class: 'heard' }, spoken(tree, node)));
  const body = s('g', { 'aria-hidden': 'true' });
  group.append(body);
  const [teacher, student] = tree.names;

  const lines = labelLines(tree, node, tools);
  lines.forEach((line, i) => {
    const y = top - 8 - (lines.length - 1 - i) * CARD.line;
    body.append(s('text', { class: 'condition', x: 0, y }, line));
  });
  if (lines.join(' ') !== tree.labels[node]) {
    body.append(s('title', {}, tree.labels[node]));
  }

  // in whole percent, as the rows below: tenths would take the room of names and counts
  const { name: full, share: shareText, ink } = said(tree, node, 0);
  const room = width - 2 * pad - 14 - strong(` ${shareText}`) - 12;
  const fits = (text: string) => strong(full) + small(text) <= room;
  const rows = by === 'agreement' ? fitness(tree, node).join(' ') : supportText(tree, node, fits);
  const space = Math.max(room - small(rows), 40);
  const name = clip(strong(full) <= space ? full : shortOf(tree, full), space, strong);
  body.append(
    s('rect', { class: 'ring', x: -5, y: top - 5, width: width + 10, height: height + 10, rx: 10 }),
    s('rect', { class: 'face', x: 0, y: top, width, height, rx: 6 }),
    s('path', { class: 'band' }),
    s('rect', { x: pad, y: top + 9, width: 8, height: 8, rx: 2, fill: ink }),
    s('text', { class: 'answer', x: pad + 14, y: top + 17 }, name),
    s('text', { class: 'share', x: pad + 14 + strong(`${name} `), y: top + 17 }, shareText),
    s('text', { class: 'rows', x: width - pad, y: top + 17, 'text-anchor': 'end' }, rows),
    s('text', { class: 'who', x: pad, y: top + 34 }, teacher),
    s('text', { class: 'who', x: pad, y: top + 47 }, student),
    bars(tree, 'teacher', node, top + 26, width),
    bars(tree, 'student', node, top + 39, width)
  );
  return group;
}

/** The colour at the left edge of a card, as tall as it is. */
export function setBand(group: SVGGElement, fill: string, shut: boolean): void {
  const tall = CARD.height + (shut ? CARD.more : 0);
  const [top, w] = [-CARD.height / 2, CARD.band];
  const d = `M${w + 1} ${top}H6a6 6 0 0 0 -6 6v${tall - 12}a6 6 0 0 0 6 6h${w - 5}z`;
  attr(group.querySelector('.band') as Element, { d, fill });
}

/** What a folded card hides: its leaves, and a bar of the rows by the class that those name. */
export function setHidden(
  group: SVGGElement,
  tree: Tree,
  node: number,
  width: number,
  shut: boolean
) {
  const before = group.querySelector('.hidden');
  if (Boolean(before) === shut) return;
  const tall = CARD.height + (shut ? CARD.more : 0);
  attr(group.querySelector('.face') as Element, { height: tall });
  attr(group.querySelector('.ring') as Element, { height: tall + 10 });
  before?.remove();
  if (!shut) return;
  const { leaves, named } = below(tree);
  const y = -CARD.height / 2 + 52;
  const [left, length] = barSpan(width);
  const made = s(
    'g',
    { class: 'hidden', 'aria-hidden': 'true' },
    s('title', {}, hiddenText(tree, node))
  );
  made.append(
    s('text', { class: 'who', x: CARD.pad, y: y + 8 }, `${count(leaves[node])} leaves`),
    s('rect', { class: 'groove', x: left, y, width: length, height: CARD.bar, rx: 2 })
  );
  if (tree.numbers) {
    const [from, to] = [0, 1].map((j) => along(tree.numbers as Numbers, named[node * 2 + j]));
    const w = Math.max(2, (to - from) * length);
    const x = left + Math.min(from * length, length - w);
    made.append(s('rect', { x, y, width: w, height: CARD.bar, rx: 1.5, fill: INKS.student }));
  } else {
    const k = tree.classes.length;
    const rows = tree.support[node] || 1;
    made.append(
      ...mixOf((j) => named[node * k + j] / rows, k, left, length).map(([x, w, j]) =>
        s('rect', { x, y, width: w, height: CARD.bar, rx: 1.5, fill: colour(j) })
      )
    );
  }
  group.insertBefore(made, group.querySelector('.handle'));
}

const shorts = new WeakMap<Tree, Map<string, string>>();

/** What a class is called where its name has no room: what tells it from those like it. */
function shortOf(tree: Tree, name: string): string {
  const { classes } = tree;
  let known = shorts.get(tree);
  if (!known) {
    const short = apart(classes);
    known = new Map(classes.map((one, j) => [one, short[j]]));
    shorts.set(tree, known);
  }
  return known.get(name) ?? name;
}

/** "1,240 rows, 31.2 %", or the share alone, by which any two nodes can be compared. */
function supportText(tree: Tree, node: number, fits: (text: string) => boolean): string {
  const share = percent(supportShare(tree, node), 0);
  const whole = `${some(tree.support[node], 'rows')}, ${share}`;
  return fits(whole) ? whole : share;
}

export const supportShare = (tree: Tree, node: number): number =>
  tree.support[0] > 0 ? tree.support[node] / tree.support[0] : 0;

/** Left edge and length of the bars inside a card. */
const barSpan = (width: number): [number, number] => [60, width - CARD.pad - 60];

/** The class mix on one bar, or a mean on the range of all means of the tree. */
function bars(tree: Tree, who: 'teacher' | 'student', node: number, y: number, width: number) {
  const shares = tree[who];
  const k = tree.classes.length;
  const [left, length] = barSpan(width);
  const group = s('g', { class: 'mix' });
  group.append(s('rect', { class: 'groove', x: left, y, width: length, height: CARD.bar, rx: 2 }));
  if (tree.numbers) {
    if (!Number.isFinite(shares[node])) return group;
    const w = Math.max(2, along(tree.numbers, shares[node]) * length);
    const rect = { x: left, y, width: w, height: CARD.bar, rx: 1.5, fill: INKS[who] };
    group.append(s('rect', rect));
    return group;
  }
  for (const [x, w, j] of mixOf((at) => shares[node * k + at], k, left, length)) {
    group.append(s('rect', { x, y, width: w, height: CARD.bar, rx: 1.5, fill: colour(j) }));
  }
  return group;
}

/** Where each class begins on a bar and how long it is; what would not be seen is left out. */
function mixOf(share: (j: number) => number, k: number, left: number, length: number) {
  const parts: [number, number, number][] = [];
  let x = left;
  for (let j = 0; j < k; j++) {
    const w = share(j) * length;
    // a hair of ground between two colours keeps them apart where hues look alike
    const drawn = Math.max(0, w - (x + w < left + length - 0.5 ? 1 : 0));
    if (drawn > 0.2) parts.push([x, drawn, j]);
    x += w;
  }
  return parts;
}

function spoken(tree: Tree, node: number): string {
  const { name, share } = said(tree, node);
  const where = tree.labels[node] || 'all rows';
  const kind = isLeaf(tree, node) ? 'leaf, ' : '';
  const rows = `${count(tree.support[node])} rows`;
  return `${where}: ${kind}${`${name} ${share}`.trim()}, ${rows}, ${fitness(tree, node).join(' ')}`;
}

/** The round handle at a card's right edge: open, or how many leaves it hides. */
export function handle(): SVGGElement {
  return s(
    'g',
    { class: 'handle', 'aria-hidden': 'true' },
    s('title', {}),
    s('rect', { y: -9, height: 18, rx: 9 }),
    s('text', { y: 4, 'text-anchor': 'middle' })
  );
}

export function setHandle(group: SVGGElement, width: number, hidden: number | null): void {
  attr(group, { transform: hidden === null ? null : `translate(0 ${CARD.more / 2})` });
  const [title, rect, text] = group.children;
  const label = hidden === null ? '−' : `+${hidden}`;
  const wide = hidden === null ? 18 : 14 + label.length * 6;
  title.textContent = hidden === null ? 'Fold' : `Unfold (${hidden} leaves)`;
  rect.setAttribute('x', String(width - 9));
  text.setAttribute('x', String(width - 9 + wide / 2));
  rect.setAttribute('width', String(wide));
  if (text.textContent !== label) text.textContent = label;
}
