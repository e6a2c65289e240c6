const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1240 -> "1,240" */
export const count = (value: number): string => grouped.format(value);

const UNIT = '\u00a0%';

/**
 * 0.312 -> "31.2 %", in one line: the way a share is written everywhere, as by `percent` of
 * jupyter_distill/_shares.py. One that is not 0 or 1 never reads as if it were.
 */
export function percent(share: number, digits = 1): string {
  if (!Number.isFinite(share)) return '–';
  const text = (share * 100).toFixed(digits);
  const least = 10 ** -digits;
  const whole = Number(text);
  if (whole === 0) return share > 0 ? `<${least}${UNIT}` : `0${UNIT}`;
  if (whole !== 100) return text + UNIT;
  return share < 1 ? `>${(100 - least).toFixed(digits)}${UNIT}` : `100${UNIT}`;
}

/** 0.91, 0.95 -> "91.0 to 95.0 %" */
export const percents = (low: number, high: number): string =>
  `${percent(low).replace(UNIT, '')} to ${percent(high)}`;

/** Six significant digits, no grouping: years and codes stay as their owner wrote them. */
export function number(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(6)));
}

/** A number with as many decimals as tell numbers of the range from `low` to `high` apart. */
export function brief(value: number, low: number, high: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = 3 - Math.floor(Math.log10(high - low));
  if (!(digits >= -9 && digits <= 6)) return number(Number(value.toPrecision(4)));
  const text = value.toFixed(Math.max(digits, 0));
  if (Math.abs(value) < 10_000) return text;
  const [whole, rest] = text.split('.');
  return grouped.format(BigInt(whole)) + (rest ? `.${rest}` : '');
}

/** 2 -> "2.0", 1.05 -> "1.05" */
export function temperature(value: number): string {
  const text = value.toFixed(3).replace(/0+$/, '');
  return text.endsWith('.') ? `${text}0` : text;
}

/** 1 -> "1 row", 2 -> "2 rows" */
export const some = (value: number, unit: string): string =>
  `${count(value)} ${value === 1 ? unit.replace(/s$/, '') : unit}`;
