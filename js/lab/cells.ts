import type { Variable, Variables } from './ask';

/** What a person chose for a new distillation: names or expressions. */
export interface Wish {
  name: string;
  teacher: string;
  X: string;
  y: string;
  student: string;
}

const PACKAGE = 'jupyter_distill';

/** Code that needs the package, with its import where the notebook has none. */
function using(alias: string | null, code: (jd: string) => string): string {
  return alias ? code(alias) : `import ${PACKAGE} as jd\n\n${code('jd')}`;
}

const given = (...parts: string[]): string => parts.filter((part) => part.trim()).join(', ');

/** d = jd.distill(model, X, y): what is default is not said. */
export const distilCell = (alias: string | null, { name, teacher, X, y, student }: Wish): string =>
  using(alias, (jd) => {
    const family = student === 'tree' ? '' : `student=${python(student)}`;
    return `${name} = ${jd}.distill(${given(teacher, X, y, family)})\n${name}`;
  });

export const checkCell = (alias: string | null, wish: Pick<Wish, 'teacher' | 'X' | 'y'>): string =>
  using(alias, (jd) => `${jd}.check_teacher(${given(wish.teacher, wish.X, wish.y)})`);

export const findingsCell = (name: string): string => `${name}.findings`;

export const auditCell = (name: string): string => `${name}.audit()`;

export const reportCell = (name: string, path: string): string => `${name}.report(${python(path)})`;

export const certificateCell = (name: string, row: number): string => `${name}.certificate(${row})`;

export const installCell = `%pip install jupyter-distill`;

/** The first cell of a new notebook: it runs as it stands, and says what to replace. */
export const firstCell = `import jupyter_distill as jd
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier

X, y = load_wine(return_X_y=True, as_frame=True)  # your rows and, if known, the truth
model = RandomForestClassifier(random_state=0).fit(X, y)  # your fitted model
d = jd.distill(model, X, y)
d`;

/** A text as a Python literal. */
const python = (text: string): string => JSON.stringify(text);

/** d, d2, d3: the first that is free. */
export function freeName(taken: string[], stem = 'd'): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? stem : `${stem}${n}`;
    if (!taken.includes(name)) return name;
  }
}

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except ' +
    'finally for from global if import in is lambda nonlocal not or pass raise return try while ' +
    'with yield'
  ).split(' ')
);

export const isName = (text: string): boolean =>
  /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text) && !KEYWORDS.has(text);

const USUAL = {
  teacher: ['teacher', 'model', 'clf', 'network', 'net', 'pipeline'],
  X: ['X_train', 'X', 'rows', 'df', 'data'],
  y: ['y_train', 'y', 'labels', 'target', 'truth']
};

const named = (found: Variable[], usual: string[]): Variable | undefined =>
  usual.flatMap((name) => found.filter((one) => one.name === name))[0] ?? found[0];

/** The variables that are most likely meant: rows have two axes, the truth one for each row. */
export function likely(variables: Variables): { teacher: string; X: string; y: string } {
  const models = variables.teacher.filter((one) => one.kind !== 'function');
  const teacher = named(models.length ? models : variables.teacher, USUAL.teacher);
  const X = named(
    variables.X.filter((one) => one.shape.length === 2),
    USUAL.X
  );
  const beside = variables.y.filter(
    (one) =>
      one.name !== X?.name &&
      one.shape[0] === X?.shape[0] &&
      one.shape.slice(1).every((n) => n === 1)
  );
  // y_train belongs to X_train
  const twin = X?.name.replace(/^X/, 'y') ?? '';
  const y = X && named(beside, [twin, ...USUAL.y]);
  return { teacher: teacher?.name ?? '', X: X?.name ?? '', y: y?.name ?? '' };
}
