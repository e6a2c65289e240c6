import type { Asking } from './asking';
import type { Palette } from './cells';
import type { Choice } from './choice';
import { Grid } from './grid';
import { Head } from './head';
import { Panel } from './panel';
import type { Column, Source } from './types';

/** The rows, with a head to sort and filter by and a panel of what one column holds. */
export function makeRows(
  columns: Column[],
  palette: Palette,
  asking: Asking,
  choice: Choice,
  signal: AbortSignal
) {
  const { question, filter } = asking;
  const open = (column: Column) => {
    if (panel.column === column) return panel.close(true);
    panel.open(column);
    const own = () => question.filters.filter((one) => one.column === column.name);
    asking.source?.count(column, (counted) => panel.fill(counted, own()));
  };
  const head = new Head(columns, { sort: (sort) => asking.ask({ sort }), filter, open }, signal);
  const panel = new Panel({ filter, back: (column) => head.focus(column) }, signal);
  const grid = new Grid(
    columns,
    palette,
    head.element,
    { choose: (how, index) => choice.act(how, index, grid.active, asking.source) },
    signal
  );
  return {
    elements: [panel.element, grid.element],
    mark: () => head.mark(question),
    choose: () => grid.choose(choice.rows),
    /** Whether the answer is there; until then the rows of the last question stay, dimmed. */
    renew(source: Source): boolean {
      const stale = source.waiting && asking.fromTop;
      grid.element.classList.toggle('waiting', stale);
      if (stale) return false;
      grid.renew(source, asking.fromTop);
      asking.fromTop = false;
      return true;
    }
  };
}
