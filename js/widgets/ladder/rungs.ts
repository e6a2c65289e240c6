import { count, number, percent, percents } from '../../shared/format';
import { decode, type Wire } from '../../shared/wire';

export interface RungsPayload {
  families: string[];
  across: string;
  ticks: number[];
  family: Wire;
  size: Wire;
  x: Wire;
  knee: Wire;
  temperature: Wire;
  titles: string[];
  counts: string[];
  dense: string[];
  measures: MeasurePayload[];
}

interface MeasurePayload {
  name: string;
  title: string;
  short: string;
  share: boolean;
  more: boolean;
  decimals: number;
  values: Wire;
  baselines: { name: string; about: string; interval: (number | null)[] }[];
}

interface Interval {
  value: number;
  low: number;
  high: number;
}

interface Baseline extends Interval {
  name: string;
  about: string;
}

export interface Measure {
  name: string;
  title: string;
  short: string;
  share: boolean;
  more: boolean;
  values: Interval[];
  baselines: Baseline[];
  /** Decimals that give the largest figure three digits. */
  decimals: number;
}

export interface Rung {
  /** Place in the ladder, and of its family among the families. */
  index: number;
  family: number;
  size: number;
  x: number;
  knee: boolean;
  temperature: number;
  title: string;
  counts: string;
  dense: string;
}

export interface Rungs {
  families: string[];
  across: string;
  ticks: number[];
  all: Rung[];
  /** The rungs of each family from left to right. */
  lines: Rung[][];
  measures: Measure[];
}

const NONE = Number.NaN;

/** The ladder as the view draws it; null where there is none yet. */
export function decodeRungs(payload: Partial<RungsPayload> | undefined): Rungs | null {
  if (!payload?.families?.length || !payload.measures?.length) return null;
  const whole = payload as RungsPayload;
  const [family, size, x] = [whole.family, whole.size, whole.x].map((w) => decode(w, 'i4'));
  const knee = decode(whole.knee, 'u1');
  const temperature = decode(whole.temperature, 'f8');
  const all = whole.titles.map((title, index) => ({
    index,
    family: family[index],
    size: size[index],
    x: x[index],
    knee: knee[index] === 1,
    temperature: temperature[index],
    title,
    counts: whole.counts[index],
    dense: whole.dense[index]
  }));
  const lines = whole.families.map((_, k) =>
    all.filter((rung) => rung.family === k).sort((a, b) => a.x - b.x || a.size - b.size)
  );
  const measures = whole.measures.map(({ values, baselines, ...rest }) => {
    const flat = decode(values, 'f8');
    return {
      ...rest,
      values: all.map(({ index }) => {
        const [value, low, high] = flat.subarray(3 * index, 3 * index + 3);
        return { value, low, high };
      }),
      baselines: baselines.map(({ name, about, interval }) => {
        const [value, low, high] = interval.map((end) => end ?? NONE);
        return { name, about, value, low, high };
      })
    };
  });
  return {
    families: whole.families,
    across: whole.across,
    ticks: whole.ticks,
    all,
    lines,
    measures
  };
}

/** A share in percent, or a number with the decimals of its measure. */
export function write(measure: Measure, value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '–';
  if (measure.share) return percent(value);
  const text = value.toFixed(measure.decimals);
  // no -0.000
  if (Number(text) === 0) return (0).toFixed(measure.decimals);
  return Math.abs(value) >= 10_000 ? count(value) : text;
}

/** "93.1 % (91.0 to 95.0 %)" */
export function said(measure: Measure, { value, low, high }: Interval): string {
  const text = write(measure, value);
  if (!Number.isFinite(low) || !Number.isFinite(high) || low === high) return text;
  const span = measure.share
    ? percents(low, high)
    : `${write(measure, low)} to ${write(measure, high)}`;
  return `${text} (${span})`;
}

/** What a screen reader says of a point. */
export function spoken(rungs: Rungs, measure: Measure, rung: Rung, chosen: boolean): string {
  const marks = [rung.knee ? 'knee' : '', chosen ? 'chosen' : ''].filter(Boolean);
  const parts = [
    rung.title,
    `${rungs.families[rung.family]}, size ${rung.size}`,
    rung.counts,
    ...[measure, ...rungs.measures.filter((m) => m !== measure)].map(
      (m) => `${m.short} ${said(m, m.values[rung.index])}`
    ),
    ...marks
  ];
  return parts.join('; ');
}

/** The whole chart in words. */
export function inWords(rungs: Rungs, measure: Measure): string {
  const lines = rungs.lines.map((line, k) => {
    const points = line.map(
      (rung) => `${number(rung.x)}: ${write(measure, measure.values[rung.index].value)}`
    );
    return `${rungs.families[k]}: ${points.join(', ')}.`;
  });
  const beside = measure.baselines.map((b) => `${b.about}: ${said(measure, b)}`).join('; ');
  const better = measure.more ? 'More is better.' : 'Less is better.';
  return `${measure.title}, by ${rungs.across}. ${better} ${lines.join(' ')} Baselines: ${beside}.`;
}
