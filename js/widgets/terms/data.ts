import { decode, type Wire } from '../../shared/wire';

type Kind = 'line' | 'steps' | 'bars' | 'pair' | 'coefficient';

interface Coefficient {
  name: string;
  values: number[];
  moves: number[];
}

interface TermPayload {
  name: string;
  columns: string[];
  kind: Kind;
  importance: number;
  cost: number;
  scores: Wire;
  edges?: Wire;
  names?: string[][];
  support?: Wire;
  missing?: { scores: number[]; rows: number | null };
  density?: { low: number; high: number; counts: Wire };
  coefficients?: Coefficient[];
}

export interface TermsPayload {
  family: 'linear' | 'ebm';
  classes: string[];
  scores: string[];
  intercept: number[];
  reading: string;
  /** Whether lines are counted from the mean of their column. */
  centred: boolean;
  /** Rows that the student learnt from, and all rows; null where none are known. */
  rows: number | null;
  all: number | null;
  /** Whether lines are drawn about the mean, as no rows are known. */
  near: boolean;
  terms: TermPayload[];
}

export interface Term extends Omit<TermPayload, 'scores' | 'edges' | 'support' | 'density'> {
  /** Steps, bars, cells, or the two ends of a line. */
  size: number;
  scores: Float32Array;
  edges: Float64Array;
  support: Float32Array | null;
  density: { low: number; high: number; counts: Int32Array } | null;
}

export interface Terms extends Omit<TermsPayload, 'terms'> {
  terms: Term[];
  /** Number of scores. */
  j: number;
}

export function decodeTerms(payload: Partial<TermsPayload> | undefined): Terms | null {
  if (!payload?.terms) return null;
  const given = payload as TermsPayload;
  return {
    ...given,
    j: given.scores.length,
    terms: given.terms.map((term) => ({
      ...term,
      size: term.scores.shape[0],
      scores: decode(term.scores, 'f4'),
      edges: term.edges ? decode(term.edges, 'f8') : new Float64Array(0),
      support: term.support ? decode(term.support, 'f4') : null,
      density: term.density ? { ...term.density, counts: decode(term.density.counts, 'i4') } : null
    }))
  };
}

/** What one of J scores is, at each step, bar, cell or end. */
export const column = (scores: ArrayLike<number>, j: number, of: number): number[] =>
  Array.from({ length: of ? scores.length / of : 0 }, (_, i) => scores[i * of + j]);

export interface OverlayPayload {
  said: string;
  bars?: Wire;
  values?: Wire;
  scores?: Wire;
  missing?: number[];
}

/** What the teacher says of one score along a term. */
export interface Overlay {
  said: string;
  bars: number[] | null;
  values: number[];
  scores: number[];
  missing: number | null;
}

export function decodeOverlay(
  payload: OverlayPayload | undefined,
  j: number,
  of: number
): Overlay | null {
  if (!payload) return null;
  const read = (wire: Wire | undefined) => (wire ? column(decode(wire, 'f4'), j, of) : []);
  return {
    said: payload.said,
    bars: payload.bars ? read(payload.bars) : null,
    values: payload.values ? Array.from(decode(payload.values, 'f8')) : [],
    scores: read(payload.scores),
    missing: payload.missing ? payload.missing[j] : null
  };
}

export interface ReasonsPayload {
  row: number;
  values: string[];
  at: (number | null)[];
  adds: Wire;
  total: number[];
  student: number[];
  teacher: number[];
}

export interface Reasons extends Omit<ReasonsPayload, 'adds'> {
  /** What each term adds to the score that is looked at. */
  adds: number[];
}

export function decodeReasons(
  payload: Partial<ReasonsPayload> | undefined,
  j: number,
  of: number
): Reasons | null {
  if (!payload?.adds) return null;
  const given = payload as ReasonsPayload;
  return { ...given, adds: column(decode(given.adds, 'f4'), j, of) };
}
