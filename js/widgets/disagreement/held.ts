import type { Traits } from '../../shared/model';
import { decodeTree, isUnder, type TreePayload } from '../../shared/tree';
import { decode } from '../../shared/wire';
import type { DisagreementModel } from '../disagreement';
import type { Palette } from './cells';
import type { Column, PagePayload } from './types';

/** Whether a row that a page holds is in the chosen node and region. */
export function insideOf(traits: Traits<DisagreementModel>, page: PagePayload) {
  // Other traits may share the model, and then say more; the view also stands alone.
  const tree = decodeTree(traits.model.get('tree') as Partial<TreePayload> | undefined);
  const regions = page.regions ? decode(page.regions, 'i4') : null;
  return (leaf: number, place: number): boolean => {
    const node = traits.get('node') ?? null;
    const region = traits.get('region') ?? null;
    if (region !== null && regions && !((regions[place] >> region) & 1)) return false;
    return node === null || (tree ? isUnder(tree, leaf, node) : leaf === node);
  };
}

/** The classes of a column, which give their colours. */
export function palette(traits: Traits<DisagreementModel>): Palette {
  const tree = traits.model.get('tree') as Partial<TreePayload> | undefined;
  const common = (traits.model.get('classes') as string[] | undefined) ?? tree?.classes ?? [];
  return (column) => column.classes ?? common;
}

/** Whether a page holds rows where the two agree. */
export function holdsAgreement(page: PagePayload, columns: Column[]): boolean {
  const at = (name: string) => page.cells[columns.findIndex((column) => column.name === name)];
  const [teacher, student] = [at('teacher'), at('student')];
  return !!teacher && !!student && teacher.some((value, i) => value === student[i]);
}
