import type { AnyModel } from '../../shared/model';
import { softenRow } from '../../shared/softmax';
import { decode, type Wire } from '../../shared/wire';

interface Column {
  name: string;
  kind: string;
  classes?: string[];
}

interface Page {
  row_ids: Wire;
  regions?: Wire;
  cells: (number | string | boolean | null)[][];
}

type Numbers = ArrayLike<number>;

/**
 * The rows of a page as another tree answers them: its leaves, its answers, how far these are from
 * the teacher's, and the worst disagreements first.
 */
export function retold(model: AnyModel, says: Numbers, leaves: Numbers): unknown {
  const page = model.get('page') as Page;
  const columns = (model.get('columns') as Column[]) ?? [];
  const ids = decode(page.row_ids, 'i4');
  const at = (name: string) => columns.findIndex((column) => column.name === name);
  const classes = columns[at('teacher')]?.classes;
  const told = classes
    ? named(model, says, leaves, ids, page.cells[at('teacher')] as string[], classes)
    : numbered(says, leaves, page.cells[at('teacher')] as number[]);
  const order = Array.from(ids, (_, i) => i).sort((a, b) => {
    const apart = Number(told.apart[b]) - Number(told.apart[a]);
    if (apart) return apart;
    const worse = told.apart[a] ? told.worse(a, b) : 0;
    return worse || ids[a] - ids[b];
  });
  const fresh = new Map(Object.entries(told.cells).map(([name, cells]) => [at(name), cells]));
  const cells = page.cells.map((own, j) => {
    const from = fresh.get(j) ?? own;
    return order.map((i) => from[i]);
  });
  const wire = (values: ArrayLike<number>): Wire => ({
    dtype: 'i4',
    shape: [order.length],
    data: Int32Array.from(order, (i) => values[i])
  });
  const regions = page.regions && wire(decode(page.regions, 'i4'));
  // of the rows that the page does not hold it is not known whether the two part
  return { ...page, rows: ids.length, row_ids: wire(ids), leaves: wire(leaves), cells, regions };
}

interface Told {
  cells: Record<string, (number | string | null)[]>;
  apart: boolean[];
  worse: (a: number, b: number) => number;
}

function named(
  model: AnyModel,
  says: Numbers,
  leaves: Numbers,
  ids: Int32Array,
  teacher: string[],
  classes: string[]
): Told {
  const k = classes.length;
  const wire = model.get('logits') as Wire;
  const logits = decode(wire, 'f4');
  const places = new Map<number, number>();
  decode(model.get('row_ids') as Wire, 'i4').forEach((id, i) => {
    places.set(id, i);
  });
  const code = new Map(classes.map((name, j) => [name, j]));
  const student: string[] = [];
  const margin: (number | null)[] = [];
  const kl: (number | null)[] = [];
  const p = new Float64Array(k);
  ids.forEach((id, i) => {
    const from = leaves[i] * k;
    let best = 0;
    for (let j = 1; j < k; j++) if (says[from + j] > says[from + best]) best = j;
    student.push(classes[best]);
    const place = places.get(id);
    if (place === undefined) {
      margin.push(null);
      kl.push(null);
      return;
    }
    softenRow({ k, shifted: logits }, place, 1, p);
    let far = 0;
    for (let j = 0; j < k; j++) if (p[j] > 0) far += p[j] * Math.log(p[j] / says[from + j]);
    margin.push(digits(p[code.get(teacher[i]) ?? best] - p[best]));
    kl.push(Number.isFinite(far) ? digits(Math.max(far, 0)) : null);
  });
  return {
    cells: { student, margin, kl },
    apart: student.map((name, i) => name !== teacher[i]),
    worse: (a, b) => (margin[b] ?? 0) - (margin[a] ?? 0) || (kl[b] ?? 0) - (kl[a] ?? 0)
  };
}

function numbered(says: Numbers, leaves: Numbers, teacher: number[]): Told {
  const student = teacher.map((_, i) => says[leaves[i]]);
  const difference = student.map((value, i) => value - teacher[i]);
  return {
    cells: { student, difference: difference.map(digits) },
    apart: student.map(() => true),
    worse: (a, b) => Math.abs(difference[b]) - Math.abs(difference[a])
  };
}

const digits = (value: number): number => Number(value.toPrecision(7));
