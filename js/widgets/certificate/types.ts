interface Said {
  text: string;
  answer: string;
  number: number | null;
  classes: string[];
  shares: number[];
}

/** How far the row is from a threshold, or from other values. */
export interface Margin {
  condition: string;
  value: string;
  away: string | null;
  /** In standard deviations of the learnt rows. */
  spreads: number | null;
  others: string[];
  beyond: string;
  flips: boolean;
  narrowest: boolean;
}

export interface Rule {
  text: string;
  conditions: { text: string; value: string; margins: Margin[] }[];
  earlier: { place: number; fails: string[]; margins: Margin[] }[];
}

export interface Sum {
  text: string;
  scores: string[];
  shown: number;
  intercept: number[];
  terms: { text: string; adds: number[] }[];
  total: number[];
  inside: string[];
}

export interface Reasons {
  title: string;
  words: string;
  how: string[];
  teacher: boolean;
  lines: { name: string; student: number; teacher: number | null }[];
}

export interface Change {
  wanted: string;
  steps: { column: string; before: string; after: string; size: string }[];
  how: string;
  limits: string;
  student: string | null;
  teacher: string;
  shared: boolean | null;
  because: string[];
}

export interface Constraint {
  what: string;
  status: string;
  words: string;
  how: string;
  bound: boolean;
}

export interface Account {
  title: string;
  label: string;
  position: number | null;
  who: string;
  text: string;
  student: Said;
  teacher: Said | null;
  teacher_note: string;
  truth: string | null;
  agrees: boolean | null;
  findings: { code: string; severity: string; sentence: string; remedy: string }[];
  rule: Rule | null;
  sum: Sum | null;
  margins: Margin[];
  support: string;
  reasons: Reasons[];
  change: Change | null;
  constraints: Constraint[];
  values: [string, string][];
  verified: string;
}

/** A row that has no certificate, and why. */
export interface Refused {
  position: number;
  refused: string;
}

export interface Entry {
  label: string;
  position: number | null;
  says: string;
  teacher: string | null;
  agrees: boolean | null;
}
