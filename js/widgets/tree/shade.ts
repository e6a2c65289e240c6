import { colour } from '../../shared/dom';
import { brief, percent } from '../../shared/format';
import { along, answer, type Tree } from '../../shared/tree';

export const COLOURS = ['student', 'teacher', 'agreement'] as const;
export type Colour = (typeof COLOURS)[number];

/** How strong a colour is drawn, faint to full: few steps, which an eye can tell apart. */
const STRENGTHS = [28, 46, 64, 82, 100];
/** Agreement from here on is a step better; the quiet end is the good one. */
const STEPS = [0, 0.6, 0.8, 0.9, 0.95];
const INK = { number: 'var(--jd-accent)', far: 'var(--jd-class-5)', none: 'var(--jd-none)' };

export interface Scale {
  title: string;
  /** From left to right; empty where the colours are those of the classes. */
  steps: { fill: string; name: string }[];
  note: string;
}

/** The colour of a node: who says what there and how surely, or how well the two agree. */
export function shade(tree: Tree, node: number, by: Colour): string {
  if (by === 'agreement') {
    const fit = tree.numbers ? 1 - errorShare(tree, node) : tree.agreement[node];
    if (!Number.isFinite(fit)) return INK.none;
    return tree.numbers ? apart(Math.floor((1 - fit) * 4.999)) : apart(4 - stepOf(fit));
  }
  const mix = tree[by];
  if (tree.numbers) {
    if (!Number.isFinite(mix[node])) return INK.none;
    return faded(INK.number, along(tree.numbers, mix[node]));
  }
  const [best, share] = answer(tree, mix, node);
  if (!Number.isFinite(share)) return INK.none;
  const k = tree.classes.length;
  return faded(colour(best), k > 1 ? (share - 1 / k) / (1 - 1 / k) : 1);
}

/** What the colours mean, in words. */
export function scale(tree: Tree, by: Colour): Scale {
  const [teacher, student] = tree.names;
  if (by === 'agreement') {
    if (tree.numbers) {
      const most = greatestError(tree);
      const text = (share: number) => brief(share * most, 0, most || 1);
      return {
        title: 'Colour: error (RMS)',
        steps: STRENGTHS.map((_, i) => ({
          fill: apart(i),
          name: `to ${text((i + 1) / 5)}`
        })),
        note: `how far the ${student} is from the ${teacher}`
      };
    }
    const names = STEPS.map((from, i) => {
      const to = STEPS[i + 1];
      const upTo = percent(to ?? from, 0);
      if (i === 0) return `under ${upTo}`;
      return to ? `${from * 100} to ${upTo}` : `${upTo} up`;
    });
    return {
      title: 'Colour: agreement',
      steps: names.map((name, i) => ({ fill: apart(4 - i), name })).reverse(),
      note: `${teacher} and ${student} name one class`
    };
  }
  const who = tree.names[by === 'teacher' ? 0 : 1];
  if (tree.numbers) {
    const { low, high } = tree.numbers;
    return {
      title: `Colour: ${who}`,
      steps: STRENGTHS.map((_, i) => ({
        fill: faded(INK.number, (i + 0.5) / 5),
        name: brief(low + ((high - low) * (i + 0.5)) / 5, low, high)
      })),
      note: by === 'teacher' ? `mean of the ${who}` : `what the ${who} says`
    };
  }
  return { title: `Colour: ${who}`, steps: [], note: 'likeliest class, stronger where surer' };
}

const faded = (ink: string, strength: number): string => {
  const step = STRENGTHS[Math.max(0, Math.min(4, Math.floor(strength * 5)))];
  return step === 100 ? ink : `color-mix(in srgb, ${ink} ${step}%, var(--jd-raised))`;
};

/** 0 is as it should be and quiet, 4 is worst. */
const apart = (step: number): string =>
  step <= 0
    ? 'var(--jd-edge)'
    : `color-mix(in srgb, ${INK.far} ${[0, 30, 55, 78, 100][Math.min(4, step)]}%, var(--jd-edge))`;

const stepOf = (share: number): number => STEPS.findLastIndex((from) => share >= from);

const greatest = new WeakMap<Tree, number>();
function greatestError(tree: Tree): number {
  const known = greatest.get(tree);
  if (known !== undefined) return known;
  let most = 0;
  for (const error of tree.numbers?.error ?? []) if (error > most) most = error;
  greatest.set(tree, most);
  return most;
}

function errorShare(tree: Tree, node: number): number {
  const most = greatestError(tree);
  const error = tree.numbers?.error[node] ?? Number.NaN;
  return most > 0 ? error / most : error;
}
