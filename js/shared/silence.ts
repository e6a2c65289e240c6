import type { Traits } from './model';
import { atEnd } from './schedule';

/** A kernel that is there has answered by then: said sooner, it would flash with each slow answer. */
const PATIENCE = 1_000;

/** What a view has that tells of the chosen row. */
type Told<A extends string> = { row: number | null; live: boolean } & Record<A, { row?: number }>;

/** Whether the kernel is silent about the chosen row; `then` is told when that changes. */
export function watchSilence<A extends string>(
  traits: Traits<Told<A>>,
  answer: A,
  then: () => void
): () => boolean {
  let silent = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  atEnd(traits.signal, () => clearTimeout(timer));
  const unanswered = () => {
    const { model } = traits;
    const row = (model.get('row') as number | null) ?? null;
    const told = model.get(answer) as { row?: number } | undefined;
    return row !== null && model.get('live') === true && told?.row !== row;
  };
  const turn = (now: boolean) => {
    if (silent === now) return;
    silent = now;
    then();
  };
  traits.on(['row', answer], () => {
    clearTimeout(timer);
    turn(false);
    if (unanswered()) timer = setTimeout(() => turn(unanswered()), PATIENCE);
  });
  return () => silent;
}

/** What is said then. */
export const silence = (row: number | null, what: string): string =>
  `The kernel has not answered: what row ${row} ${what} is not known here.`;
