import { h, KEYS } from '../../shared/dom';
import { number, temperature as written } from '../../shared/format';
import type { Traits } from '../../shared/model';
import {
  type FollowModel,
  fidelityAt,
  type Grid,
  granted,
  gridOf,
  measureOf,
  pick,
  type Shown,
  sizeAt,
  temperatureAt,
  wishOf,
  worth,
  worthWithin
} from './grid';
import { followable, Wishes } from './wishes';

/** A slider for the size, a switch to follow the temperature, and which student that led to. */
export function makeChooser(traits: Traits<FollowModel>, signal: AbortSignal) {
  const slider = h('input', {
    type: 'range',
    min: 0,
    step: 1,
    'aria-label': 'Size of the student',
    ...KEYS
  });
  const size = h('span', { class: 'figure' });
  const box = h('input', { type: 'checkbox', role: 'switch', ...KEYS });
  const follow = h(
    'label',
    { class: 'follow', title: 'The student follows the temperature while the slider moves' },
    box,
    'Follow'
  );
  const said = h('p', { class: 'student', 'aria-live': 'polite' });
  const remarks = h('p', { class: 'dim note' });
  const sizes = h(
    'div',
    { class: 'sizes' },
    h('span', { class: 'word', 'aria-hidden': 'true' }, 'Size'),
    slider,
    size
  );
  const element = h(
    'div',
    { class: 'chooser', role: 'group', 'aria-label': 'Student' },
    sizes,
    follow,
    said,
    remarks
  );

  const update = () => {
    const grid = gridOf(traits);
    const wish = wishOf(traits);
    element.hidden = !grid || !wish;
    if (!grid || !wish) return;
    slider.max = String(grid.sizes.length - 1);
    const at = String(nearest(grid.sizes, wish.size));
    if (slider.value !== at) slider.value = at;
    sizes.hidden = grid.sizes.length < 2;
    const found = pick(grid, wish);
    const place = found?.place ?? grid.size_of.indexOf(Number(at));
    const value = worth(grid, fidelityAt(grid, place)[0]);
    size.textContent = sizeAt(grid, place);
    slider.setAttribute('aria-valuetext', `${size.textContent}, ${measureOf(grid)} ${value}`);
    follow.hidden = !followable(traits);
    box.checked = traits.get('follow');
    tell(grid);
  };

  /** Says which student is shown, how it was made, and where it is another than is wished for. */
  const tell = (grid: Grid) => {
    const wish = wishOf(traits);
    const shown = traits.get('shown');
    if (!wish || !shown?.fidelity) return;
    const live = traits.get('live');
    const there = granted(shown, wish);
    const found = there ? null : pick(grid, wish);
    // a running view has what its kernel sent; a page, and a kernel that is gone, the grid
    const lent = found && (!live || wishes.silent);
    const own = ofShown(grid, shown as Shown);
    said.textContent = `Student: ${lent ? ofGrid(grid, found.place) : own}`;
    const more: string[] = [];
    if (lent && wish.temperature !== null && !found.exact) {
      more.push(
        `Of the students that are here it is the nearest to T = ${written(wish.temperature)}.`
      );
    }
    if (lent) more.push(`This was written of the ${own.replace(/:.*/, '')}.`);
    if (live && wishes.silent) more.push('The kernel has not answered.');
    if (live && !there && wishes.busy) more.push('Another one is on its way.');
    remarks.textContent = [...more, ...(live ? [] : (grid.notes ?? []))].join(' ');
    remarks.hidden = !remarks.textContent;
  };

  const wishes = new Wishes(traits, update);
  slider.addEventListener(
    'input',
    () => {
      const grid = gridOf(traits);
      if (!grid) return;
      traits.setSoon({ student_size: grid.sizes[slider.valueAsNumber] });
      wishes.ask();
    },
    { signal }
  );
  box.addEventListener(
    'change',
    () => {
      traits.set({ follow: box.checked });
      wishes.ask();
    },
    { signal }
  );
  traits.on(['grid', 'shown', 'temperature', 'student_size', 'follow', 'live'], update);
  update();
  return { element, ask: () => traits.get('follow') && wishes.ask() };
}

const nearest = (sizes: number[], wanted: number): number => {
  let best = 0;
  sizes.forEach((size, i) => {
    if (Math.abs(size - wanted) < Math.abs(sizes[best] - wanted)) best = i;
  });
  return best;
};

const HOW = {
  distilled: 'distilled',
  precomputed: 'fitted beforehand, quickly,',
  quick: 'a quick fit'
};

function ofShown(grid: Grid, shown: Shown): string {
  const place = pick(grid, { temperature: shown.temperature, size: shown.size })?.place;
  const reached = place === undefined ? number(shown.size) : sizeAt(grid, place);
  return words(grid, reached, HOW[shown.how], shown.temperature, shown.fidelity);
}

function ofGrid(grid: Grid, place: number): string {
  const how = grid.searched[place] ? HOW.distilled : HOW.quick;
  return words(grid, sizeAt(grid, place), how, temperatureAt(grid, place), fidelityAt(grid, place));
}

function words(
  grid: Grid,
  reached: string,
  how: string,
  t: number | null,
  [value, low, high]: (number | null)[]
): string {
  const at = t === null ? '' : ` at T = ${written(t)}`;
  // a teacher that says one number leaves nothing to explain
  const known = [value, low, high].every((end) => end !== null && Number.isFinite(end));
  const measured = known
    ? worthWithin(grid, value as number, low as number, high as number)
    : 'not known';
  const name = `${grid.family} of ${reached}`;
  return `${name}${t === null ? '' : `, ${how}${at}`}: ${measureOf(grid)} ${measured}, held out.`;
}
