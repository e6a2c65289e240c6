// Certificates as the kernel sends them, for the tests of their view.
import { common } from './fakes';

export const margin = (more = {}) => ({
  condition: 'income > 46.85',
  value: '57.2',
  away: '10.35',
  spreads: 0.5,
  others: [],
  beyond: 'no (0.554)',
  flips: true,
  narrowest: false,
  ...more
});

export const account = (more: Record<string, unknown> = {}) => ({
  title: 'Certificate of row r5 (held out)',
  label: 'r5',
  position: 5,
  who: 'tree of 6 leaves, distilled from forest',
  text: 'Certificate of row r5, in full',
  student: {
    text: 'yes (0.77)',
    answer: 'yes',
    number: null,
    classes: ['no', 'yes'],
    shares: [0.23, 0.77]
  },
  teacher: {
    text: 'no (0.6)',
    answer: 'no',
    number: null,
    classes: ['no', 'yes'],
    shares: [0.6, 0.4]
  },
  teacher_note: '',
  truth: 'yes',
  agrees: false,
  findings: [
    { code: 'teacher-disagrees', severity: 'warning', sentence: 'They part.', remedy: 'Look.' }
  ],
  rule: {
    text: '46.85 < income <= 58.95 and employed is True',
    conditions: [
      {
        text: '46.85 < income <= 58.95',
        value: '57.2',
        margins: [
          margin({
            condition: 'income <= 58.95',
            away: '1.75',
            spreads: 0.088,
            beyond: 'yes (0.868)',
            flips: false,
            narrowest: true
          }),
          margin()
        ]
      },
      {
        text: 'employed is True',
        value: 'True',
        margins: [
          margin({
            condition: 'employed is True',
            away: null,
            spreads: null,
            others: ['False'],
            value: 'True'
          })
        ]
      }
    ],
    earlier: []
  },
  sum: null,
  margins: [],
  support: 'Support: 235 rows.',
  reasons: [
    {
      title: 'Reasons for yes',
      words: 'What each column adds to the log-odds',
      how: ['exact'],
      teacher: false,
      lines: [{ name: 'income = 57.2', student: 0.7, teacher: null }]
    },
    {
      title: 'By SHAP',
      words: 'What each column adds',
      how: ['student: exact', 'teacher: sampled'],
      teacher: true,
      lines: [{ name: 'income = 57.2', student: 0.7, teacher: -0.4 }]
    }
  ],
  change: {
    wanted: 'no',
    steps: [{ column: 'income', before: '57.2', after: '46.8', size: '1.07' }],
    how: 'no smaller change does it',
    limits: 'all columns stay as seen',
    student: 'no (0.554)',
    teacher: 'The teacher does not come to that: it says yes.',
    shared: false,
    because: ['income may only raise P(yes) (proven), so that only a smaller value helps']
  },
  constraints: [
    {
      what: 'income may only raise P(yes)',
      status: 'proven',
      words: 'proven',
      how: 'every leaf',
      bound: true
    }
  ],
  values: [
    ['income', '57.2'],
    ['employed', 'True']
  ],
  verified: 'Applied to the row again.',
  ...more
});

export const entry = (position: number | null, label: string) => ({
  label,
  position,
  says: 'yes (0.77)',
  teacher: 'no (0.6)',
  agrees: false
});

export const state = (more: Record<string, unknown> = {}) => ({
  ...common,
  shown: account(),
  batch: [entry(5, 'r5')],
  pages: [],
  among: 0,
  busy: false,
  row: 5,
  place: 0,
  ...more
});
