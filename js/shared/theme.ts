import { atEnd } from './schedule';

/** Set on the body where a person wants views unlike the page: 'light' or 'dark' (lab/settings.ts). */
const CHOSEN = 'jupyterDistillTheme';

/**
 * Whether the page around a view is dark: what the host says, else the colours it has chosen, else
 * what the system prefers. Colours come from the host's own variables; only the class palette and
 * the fallbacks must know.
 */
function isDark(element: Element): boolean {
  const { body, documentElement: root } = document;
  const chosen = body.dataset[CHOSEN];
  if (chosen) return chosen === 'dark';
  const jupyter = body.dataset.jpThemeLight;
  if (jupyter) return jupyter === 'false';
  const code = body.dataset.vscodeThemeKind;
  if (code) return code.includes('dark') || code === 'vscode-high-contrast';
  if (body.classList.contains('dark') || root.classList.contains('dark')) return true;

  const style = getComputedStyle(element);
  const background = brightness(style.getPropertyValue('--jp-layout-color0'));
  if (background !== null) return background < 0.5;
  const ink = brightness(style.color);
  // Pure black is also what a page gets that has chosen nothing: then the system decides.
  if (ink !== null && ink > 0) return ink > 0.5;
  return globalThis.matchMedia?.('(prefers-color-scheme: dark)').matches ?? false;
}

/** 0 (black) to 1 (white); null when the text is not a colour we can read. */
export function brightness(colour: string): number | null {
  const text = colour.trim();
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  let rgb: number[] | undefined;
  if (hex) {
    const wide = hex.length === 3 ? [...hex].map((c) => c + c).join('') : hex;
    rgb = [0, 2, 4].map((i) => Number.parseInt(wide.slice(i, i + 2), 16));
  } else if (/^rgba?\(/.test(text)) {
    rgb = text
      .match(/[\d.]+/g)
      ?.slice(0, 3)
      .map(Number);
  } else if (text === 'white' || text === 'black') {
    rgb = text === 'white' ? [255, 255, 255] : [0, 0, 0];
  }
  if (!rgb || rgb.length < 3) return null;
  return (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]) / 255;
}

/** Keeps `data-theme` of the view's root in step with the page. */
export function followTheme(host: Element, root: HTMLElement, signal: AbortSignal): void {
  const update = () => {
    root.dataset.theme = isDark(host) ? 'dark' : 'light';
    // then the colours are ours too, not those of the page
    root.toggleAttribute('data-own-colours', Boolean(document.body.dataset[CHOSEN]));
  };
  update();
  const watch = new MutationObserver(update);
  const what = {
    attributes: true,
    attributeFilter: [
      'class',
      'data-jp-theme-light',
      'data-jp-theme-name',
      'data-vscode-theme-kind',
      'data-jupyter-distill-theme'
    ]
  };
  watch.observe(document.body, what);
  watch.observe(document.documentElement, what);
  globalThis
    .matchMedia?.('(prefers-color-scheme: dark)')
    .addEventListener?.('change', update, { signal });
  atEnd(signal, () => watch.disconnect());
}
