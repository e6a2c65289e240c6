import { number, percent } from '../../shared/format';
import { decode, type Wire } from '../../shared/wire';

export interface Measured {
  words: string;
  both: [number | null, number | null, number | null];
  floor: [number | null, number | null, number | null];
  below: boolean;
}

/** The reasons of both models as the kernel sends them: columns by their larger mean share. */
export interface ReasonsPayload {
  method: string;
  title: string;
  size: string;
  teacher: string | null;
  student: string;
  columns: string[];
  used: boolean[];
  ignored: boolean[];
  outputs: string[];
  words: string[];
  scale: string;
  /** Models (the teacher first, where it was explained), rows, columns, scores. */
  values: Wire;
  /** All scores, then each of several; models, columns. */
  shares: Wire;
  errors: { of: boolean[]; step: number; steps: Wire } | null;
  rows: Wire;
  labels: string[];
  decided: Wire;
  classes: string[];
  /** Teacher and student: the class that each names, and how surely; or the number. */
  answers: Wire;
  numbers: Wire;
  /** Of each column its texts, and which one a row has; or (null) its numbers. */
  cells: { levels: (string[] | null)[]; codes: Wire; numbers: Wire };
  alike: Wire;
  agreement: Measured[];
  notes: string[];
}

export type Reasons = Omit<
  ReasonsPayload,
  'values' | 'shares' | 'errors' | 'rows' | 'decided' | 'answers' | 'numbers' | 'cells' | 'alike'
> & {
  /** Whose values there are, in their order. */
  whose: string[];
  rows: Int32Array;
  decided: Int32Array | Uint8Array;
  alike: Float32Array;
  value: (model: number, row: number, column: number, output: number) => number;
  error: (model: number, row: number, column: number, output: number) => number | null;
  /** The mean share of a column; of one score, or of all (-1). */
  share: (model: number, column: number, output: number) => number;
  /** What teacher (0) and student (1) say of a row. */
  said: (who: number, row: number) => string;
  apart: (row: number) => boolean;
  cell: (row: number, column: number) => string;
};

export function decodeReasons(payload: ReasonsPayload): Reasons {
  const [, n, c, j] = payload.values.shape;
  const values = decode(payload.values, 'f4');
  const shares = decode(payload.shares, 'f4');
  const answers = whole(payload.answers);
  const numbers = decode(payload.numbers, 'f4');
  const { levels, codes } = payload.cells;
  const counted = decode(payload.cells.numbers, 'f4');
  /** Of a column, its place among those of its kind. */
  const lane = levels.map((of, j) => levels.slice(0, j).filter((one) => !one === !of).length);
  const held = whole(codes);
  const steps = payload.errors && decode(payload.errors.steps, 'u1');
  const place = (model: number, row: number, column: number, output: number) =>
    ((model * n + row) * c + column) * j + output;
  const whose = payload.teacher === null ? ['student'] : ['teacher', 'student'];
  const { classes } = payload;
  return {
    ...payload,
    whose,
    rows: decode(payload.rows, 'i4'),
    decided: whole(payload.decided),
    alike: decode(payload.alike, 'f4'),
    value: (...at) => values[place(...at)],
    error: (model, row, column, output) => {
      const { errors } = payload;
      if (!errors?.of[model] || !steps) return null;
      const before = errors.of.slice(0, model).filter(Boolean).length;
      return steps[place(before, row, column, output)] * errors.step;
    },
    share: (model, column, output) => shares[((output + 1) * whose.length + model) * c + column],
    said: (who, row) => {
      const value = numbers[who * n + row];
      if (!classes.length) return number(Number(value.toPrecision(6)));
      return `${classes[answers[who * n + row]]} ${percent(value)}`;
    },
    apart: (row) => classes.length > 0 && answers[row] !== answers[n + row],
    cell: (row, column) => {
      const texts = levels[column];
      const at = lane[column] * n + row;
      if (texts) return texts[held[at]];
      return Number.isNaN(counted[at]) ? 'missing' : number(counted[at]);
    }
  };
}

/** Small numbers come in a byte each. */
const whole = (wire: Wire): Int32Array | Uint8Array =>
  wire.dtype === 'u1' ? decode(wire, 'u1') : decode(wire, 'i4');
