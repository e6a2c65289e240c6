import { colour, h, s } from '../../shared/dom';

/** The student's ink: of several scores the colour of the class. */
export const ink = (j: number, of: number): string => (of > 1 ? colour(j) : 'var(--jd-accent)');

const R = 4;

/** The teacher's mark, hollow: colour is never the only cue. */
export const diamond = (x: number, y: number): SVGPathElement =>
  s('path', {
    class: 'teacher-mark',
    d: `M${(x - R).toFixed(1)} ${y.toFixed(1)}l${R} ${-R}l${R} ${R}l${-R} ${R}z`
  });

export const dot = (x: number, y: number, fill: string): SVGCircleElement =>
  s('circle', { cx: x.toFixed(1), cy: y.toFixed(1), r: R - 0.5, style: `fill:${fill}` });

/** A line of the legend: how a model is drawn, and who it is. */
export function key(model: 'student' | 'teacher', fill: string, bars: boolean): SVGSVGElement {
  const svg = s('svg', { width: 26, height: 12, viewBox: '0 0 26 12', 'aria-hidden': 'true' });
  if (model === 'teacher') {
    if (!bars) svg.append(s('path', { class: 'teacher-line', d: 'M0 6H26' }));
    svg.append(diamond(13, 6));
  } else if (bars) {
    svg.append(s('rect', { x: 3, y: 2, width: 20, height: 8, rx: 1, style: `fill:${fill}` }));
  } else {
    svg.append(s('path', { class: 'student-line', d: 'M0 6H26', style: `stroke:${fill}` }));
  }
  return svg;
}

/** A bar to the right of the middle for what is added, to the left for what is taken. */
export function diverging(value: number, most: number, fill?: string): HTMLElement {
  const share = most > 0 ? Math.min(1, Math.abs(value) / most) * 50 : 0;
  const side = value < 0 ? 'right:50%' : 'left:50%';
  const tone = fill ?? (value < 0 ? 'var(--jd-warn)' : 'var(--jd-accent)');
  return h(
    'span',
    { class: 'track diverging', 'aria-hidden': 'true' },
    h('span', { class: 'bar', style: `${side};width:${share.toFixed(2)}%;background:${tone}` })
  );
}
