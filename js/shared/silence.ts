import type { Traits } from './model';
import { atEnd } from './schedule';

/** A kernel that is there has answered by then: said sooner, it would flash with each slow answer. */
const PATIENCE = 1_000;

/** What a view has that tells of the chosen row. */
type Told<A extends string> = { row: number | null; live: boolean } & Record<A, { row?: number }>;

/** Told when something is asked or heard. */
interface Watch {
  look: () => void;
  silent: () => boolean;
}

/**
 * Whether the kernel is silent about what was asked; `then` is told when that changes. A kernel
 * that says it is at work is not silent: `unanswered` has to know that.
 */
export function watchAnswer(
  signal: AbortSignal,
  unanswered: () => boolean,
  then: () => void
): Watch {
  let silent = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  atEnd(signal, () => clearTimeout(timer));
  const turn = (now: boolean) => {
    if (silent === now) return;
    silent = now;
    then();
  };
  const look = () => {
    clearTimeout(timer);
    turn(false);
    if (unanswered()) timer = setTimeout(() => turn(unanswered()), PATIENCE);
  };
  return { look, silent: () => silent };
}

/** Whether the kernel is silent about the chosen row; `then` is told when that changes. */
export function watchSilence<A extends string>(
  traits: Traits<Told<A>>,
  answer: A,
  then: () => void
): () => boolean {
  const unanswered = () => {
    const { model } = traits;
    const row = (model.get('row') as number | null) ?? null;
    const told = model.get(answer) as { row?: number } | undefined;
    return row !== null && model.get('live') === true && told?.row !== row;
  };
  const { look, silent } = watchAnswer(traits.signal, unanswered, then);
  traits.on(['row', answer], look);
  return silent;
}

/** What is said of the chosen row then. */
export const silence = (row: number | null, what: string): string =>
  `The kernel has not answered: what row ${row} ${what} is not known here.`;

/** What is said of anything else, with what to do about it. */
export const unheard = (what: string): string =>
  `The kernel has not answered: ${what}. After a restart, run the cell again.`;
