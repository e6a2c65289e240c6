/** Width of text in pixels, by the browser's own measure where there is one. */
export type Measure = (text: string) => number;

export function measurer(element: Element, size: number, weight = 400): Measure {
  const context = document.createElement('canvas').getContext?.('2d');
  if (!context) return (text) => text.length * size * 0.56;
  const family = getComputedStyle(element).fontFamily || 'sans-serif';
  context.font = `${weight} ${size}px ${family}`;
  return (text) => context.measureText(text).width;
}

/** The text, or as much of it as fits with an ellipsis. */
export function clip(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${text.slice(0, middle).trimEnd()}…`) <= width) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low).trimEnd()}…`;
}

/** Longer names than this are cut in some view. */
const LONG = 16;
/** Names that begin with as many letters of the same are told apart by what follows. */
const ALIKE = 10;

/** Names for places that may cut them: of long ones that begin alike, only what differs. */
export function apart(names: readonly string[]): string[] {
  const families = new Map<string, string[]>();
  for (const name of names) {
    const start = name.slice(0, ALIKE);
    families.set(start, [...(families.get(start) ?? []), name]);
  }
  return names.map((name) => {
    const family = families.get(name.slice(0, ALIKE)) ?? [];
    if (family.length < 2 || !family.some((one) => one.length > LONG)) return name;
    const common = commonStart(family);
    // whole words only, and never a number without its beginning
    const at = Math.max(...[' ', '-', '_', '.', ',', ':', '/'].map((c) => common.lastIndexOf(c)));
    return at < ALIKE / 2 || at + 1 >= name.length ? name : `…${name.slice(at + 1)}`;
  });
}

function commonStart([first, ...others]: string[]): string {
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}

/**
 * Breaks text at spaces into at most `most` lines. Where that is too short the last one is cut at
 * its end, or before `keep`, with which the text ends.
 */
export function wrap(
  text: string,
  width: number,
  most: number,
  measure: Measure,
  keep = ''
): string[] {
  const words = text.split(' ');
  const lines: string[] = [];
  while (words.length && lines.length < most - 1) {
    let line = words.shift() as string;
    while (words.length && measure(`${line} ${words[0]}`) <= width) line += ` ${words.shift()}`;
    lines.push(clip(line, width, measure));
  }
  if (!words.length) return lines;
  const rest = words.join(' ');
  const room = width - measure(keep);
  const ends = rest.endsWith(keep) && room > width / 3 && measure(rest) > width;
  const start = ends ? rest.slice(0, rest.length - keep.length) : rest;
  lines.push(ends ? clip(start, room, measure) + keep : clip(rest, width, measure));
  return lines;
}
