import type { TranslationBundle } from '@jupyterlab/translation';
import type { Variable, Variables } from './ask';
import * as cells from './cells';
import type { Choice, Field, Values } from './dialogs';

/** Asks for teacher, rows and truth; what is likely meant is proposed. */
export function variables(known: Variables, trans: TranslationBundle): Field[] {
  const guess = cells.likely(known);
  const other = trans.__('An expression …');
  const none = { value: '', label: trans.__('not known') };
  const field = (key: 'teacher' | 'X' | 'y', label: string, more: Choice[] = []): Field => ({
    key,
    label,
    value: guess[key],
    choices: [...more, ...known[key].map((one) => ({ value: one.name, label: describe(one) }))],
    other
  });
  return [
    field('teacher', trans.__('Teacher: the fitted model')),
    field('X', trans.__('X: the rows')),
    field('y', trans.__('y: the truth of these rows'), [none])
  ];
}

/**
 * The families that the kernel has: what is typed for each, and what it is. Of an older package, which
 * does not say, it is the usual one.
 */
export function families(known: Variables, usual: string, trans: TranslationBundle): Choice[] {
  const found = Object.entries(known.families ?? (usual === 'auto' ? {} : { [usual]: '' }));
  return [
    ...found.map(([value, what]) => ({
      value,
      // in the template of texts, as pot.mjs reads them where the kernel does
      label: what ? `${value}: ${trans.gettext(what)}` : value
    })),
    { value: 'auto', label: trans.__('auto: all of them are tried') }
  ];
}

/** What is wrong with the answers; empty where nothing is. */
export function wrong({ teacher, X, name }: Values, trans: TranslationBundle): string {
  if (!teacher) return trans.__('A teacher is needed: fit a model first, or type an expression.');
  if (!X) return trans.__('Rows are needed: name the data that the teacher answers.');
  if (name !== undefined && !cells.isName(name)) {
    return trans.__('“%1” is no name of a variable.', name);
  }
  return '';
}

const describe = ({ name, kind, shape }: Variable): string =>
  shape.length ? `${name} (${kind}, ${shape.join(' × ')})` : `${name} (${kind})`;
