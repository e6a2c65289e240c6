import { percent, percents, some } from '../../shared/format';
import type { Traits } from '../../shared/model';
import { decode, type Wire } from '../../shared/wire';

/** Students of several temperatures and sizes, one after another. */
export interface Grid {
  temperatures: number[];
  sizes: number[];
  /** What a size counts, in the plural. */
  unit: string;
  family: string;
  measure: 'agreement' | 'R2';
  /** Of each student the place of its temperature (-1: it has none) and of its size. */
  temperature_of: number[];
  size_of: number[];
  reached: number[];
  searched: boolean[];
  /** Three numbers a student: on held-out rows, with its interval. */
  fidelity: Wire;
  chosen: number;
  /** Whether the kernel fits another one at once. */
  fast: boolean;
  notes: string[];
  /** Which tree a student is, -1: left out. Without it the students are in the kernel. */
  tree_of?: Wire;
}

export interface Shown {
  ticket: number;
  temperature: number | null;
  size: number;
  how: 'distilled' | 'precomputed' | 'quick';
  fidelity: [number | null, number | null, number | null];
}

export interface FollowModel {
  live: boolean;
  // data
  grid: Partial<Grid>;
  shown: Partial<Shown>;
  // view state
  temperature: number;
  follow: boolean;
  student_size: number | null;
  // intent
  asked: { ticket?: number; temperature?: number | null; size?: number };
}

/** A wish: null for the temperature that the ladder has for a size. */
export interface Wish {
  temperature: number | null;
  size: number;
}

const NEAR = 0.006;
const apart = (a: number, b: number): number => Math.abs(Math.log(a / b));

export function gridOf(traits: Traits<FollowModel>): Grid | null {
  const grid = traits.get('grid');
  return grid?.sizes?.length ? (grid as Grid) : null;
}

/** What the sliders stand for; null where there is nothing to choose from. */
export function wishOf(traits: Traits<FollowModel>): Wish | null {
  const shown = traits.get('shown');
  const size = traits.get('student_size') ?? shown?.size;
  if (!gridOf(traits) || size === undefined || size === null) return null;
  const follow = traits.get('follow') && (shown?.temperature ?? null) !== null;
  return { temperature: follow ? traits.get('temperature') : null, size };
}

/** Whether the student that the model holds is the one that is wished for. */
export function granted(shown: Partial<Shown> | undefined, { temperature, size }: Wish): boolean {
  if (shown?.size !== size) return false;
  if (temperature === null) return true;
  return apart(temperature, shown.temperature ?? 1) < NEAR;
}

/** Arrays of a grid, read once. */
const read = new WeakMap<Grid, { fidelity: Float32Array; trees: Int32Array | null }>();

function arraysOf(grid: Grid) {
  let found = read.get(grid);
  if (!found) {
    const trees = grid.tree_of ? decode(grid.tree_of, 'i4') : null;
    found = { fidelity: decode(grid.fidelity, 'f4'), trees };
    read.set(grid, found);
  }
  return found;
}

/** Which tree a student is; -1 where it is not here. */
export const treeAt = (grid: Grid, place: number): number => arraysOf(grid).trees?.[place] ?? -1;

interface Pick {
  place: number;
  /** Whether it is of the very temperature that is wished for. */
  exact: boolean;
}

/** The student of the grid that is nearest in temperature, of the size that is wished for. */
export function pick(grid: Grid, { temperature, size }: Wish): Pick | null {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  const of = grid.sizes.indexOf(size);
  const held = !!grid.tree_of;
  grid.size_of.forEach((at, place) => {
    if (at !== of || (held && treeAt(grid, place) < 0)) return;
    const t = grid.temperatures[grid.temperature_of[place]];
    let far = temperature === null || t === undefined ? 0 : apart(t, temperature);
    // the ladder's own where the temperature is left to it
    if (temperature === null && !grid.searched[place]) far = 1;
    if (far < least) [best, least] = [place, far];
  });
  return best < 0 ? null : { place: best, exact: temperature === null || least < NEAR };
}

export const temperatureAt = (grid: Grid, place: number): number | null =>
  grid.temperatures[grid.temperature_of[place]] ?? null;

export function fidelityAt(grid: Grid, place: number): [number, number, number] {
  const all = arraysOf(grid).fidelity;
  return [all[3 * place], all[3 * place + 1], all[3 * place + 2]];
}

const isR2 = (grid: Grid): boolean => grid.measure === 'R2';

export const measureOf = (grid: Grid): string => (isR2(grid) ? 'R²' : 'agreement');

/** "88.4 %" of rows that agree; "0.884" of an R². */
export const worth = (grid: Grid, value: number): string =>
  isR2(grid) ? value.toFixed(3) : percent(value);

/** "88.4 % (85.0 to 91.2 %)", or "0.884 (0.850 to 0.912)". */
export function worthWithin(grid: Grid, value: number, low: number, high: number): string {
  const ends = isR2(grid) ? `${low.toFixed(3)} to ${high.toFixed(3)}` : percents(low, high);
  return `${worth(grid, value)} (${ends})`;
}

/** "12 leaves" of the student that a size led to. */
export const sizeAt = (grid: Grid, place: number): string =>
  some(grid.reached[place], grid.unit || 'leaves');
