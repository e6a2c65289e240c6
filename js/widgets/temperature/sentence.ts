import { percent, temperature as written } from '../../shared/format';

interface Seen {
  temperature: number;
  /** The class that comes second in the chosen row; null for the mean of all rows. */
  guess: string | null;
  /** Which rows the mean is of. */
  rows: 'the rows' | 'the chosen rows';
  /** Its share now, and at T = 1. */
  soft: number;
  plain: number;
}

/** What can be seen at this temperature, in one plain sentence. */
export function sentence({ temperature, guess, rows, soft, plain }: Seen): string {
  const at = `At T = ${written(temperature)}`;
  const one = guess === null;
  const what = one ? `the second guess, on average over ${rows},` : `its second guess, '${guess}',`;
  const [now, then] = [percent(soft), percent(plain)];
  if (Math.abs(temperature - 1) < 1e-9) {
    return `At T = 1 these are the teacher's own shares: ${what} has ${then}.`;
  }
  if (now === then) {
    return `${at} the teacher's answer is much as at T = 1: ${what} has ${now}.`;
  }
  // of many classes, or of some nearly alike, the second may go the other way than one thinks
  if (temperature < 1 || soft < plain) {
    const way = temperature < 1 ? 'sharpened' : 'softened';
    const goes = soft < plain ? 'falls' : 'rises';
    return `${at} the teacher is ${way}: ${what} ${goes} to ${now} from ${then} at T = 1.`;
  }
  const start = one
    ? `the teacher's second guess, on average over ${rows},`
    : `the teacher's second guess, '${guess}',`;
  if (plain >= 0.1) return `${at} ${start} weighs more: ${now} against ${then} at T = 1.`;
  if (soft >= 0.1) return `${at} ${start} becomes visible: ${now} against ${then} at T = 1.`;
  return `${at} ${start} is still faint: ${now} against ${then} at T = 1.`;
}
