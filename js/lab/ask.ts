import type { Kernel } from '@jupyterlab/services';
import { ended } from './kernel';

/** A distillation, as jupyter_distill/lab.py tells of it. */
export interface Distilled {
  name: string;
  id: number;
  teacher: string;
  student: string;
  family: string;
  size: number;
  temperature: number | null;
  alpha: number;
  measure: string;
  fidelity: (number | null)[];
  rows: number;
  findings: string[];
  views: string[];
}

export interface Look {
  version: string;
  python: string;
  /** The name of the package in the notebook, null before it is imported. */
  alias: string | null;
  /** What draws views and is not in the kernel's environment. */
  missing: string[];
  distillations: Distilled[];
}

export interface Variable {
  name: string;
  kind: string;
  shape: number[];
}

export interface Variables extends Look {
  taken: string[];
  /** What is typed for a family of students -> what it is; an older package does not say. */
  families?: Record<string, string>;
  teacher: Variable[];
  X: Variable[];
  y: Variable[];
}

export interface Made {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  model: string | null;
  subject: string;
}

export type Question =
  | { ask: 'look' }
  | { ask: 'variables' }
  | { ask: 'view'; name: string; kind: string; rows: number }
  | { ask: 'close'; model: string };

/** Why a kernel gave no answer. */
export type Trouble =
  | { why: 'language'; language: string }
  | { why: 'missing'; python: string }
  | { why: 'error'; name: string; message: string }
  /** It was asked at the wrong moment: after a cell that failed, or while it was shut down. */
  | { why: 'later' };

export type Answer<T> = { why: null; value: T } | Trouble;

/**
 * One expression, so that nothing is named in the notebook. Where the package is not installed its
 * value is the path of the Python that lacks it.
 */
export function expression(question: Question): string {
  // what JSON escapes in a text, Python reads alike
  const asked = JSON.stringify(JSON.stringify(question));
  return (
    `(lambda u: u.import_module('jupyter_distill.lab').answer(${asked}) ` +
    `if u.util.find_spec('jupyter_distill') else u.import_module('sys').executable)` +
    `(__import__('importlib.util'))`
  );
}

/**
 * Asks a kernel between two cells: silent, so that In[n] stays where it is, and as an expression, so
 * that neither hooks nor `_` notice.
 */
export async function ask<T>(
  kernel: Kernel.IKernelConnection,
  question: Question
): Promise<Answer<T>> {
  try {
    const { language_info } = await kernel.info;
    if (language_info.name !== 'python') return { why: 'language', language: language_info.name };
    const future = kernel.requestExecute({
      code: '',
      silent: true,
      store_history: false,
      allow_stdin: false,
      stop_on_error: false,
      user_expressions: { panel: expression(question) }
    });
    const { content } = await future.done;
    return read<T>(content);
  } catch (reason) {
    const { name, message } = reason instanceof Error ? reason : new Error(String(reason));
    // the kernel was restarted or is gone: its futures are cancelled, and nothing is sent to it
    const { isDisposed, status } = kernel;
    if (isDisposed || ended(status) || status === 'unknown' || /cancel/i.test(message)) {
      return { why: 'later' };
    }
    return { why: 'error', name, message };
  }
}

/** Reads the reply of a kernel to {@link ask}. */
export function read<T>(content: object): Answer<T> {
  const { status, user_expressions: values } = content as Record<string, unknown>;
  if (status !== 'ok') return { why: 'later' };
  const told = (values as Record<string, Told> | undefined)?.panel;
  if (told?.status === 'error') {
    return { why: 'error', name: told.ename ?? '', message: told.evalue ?? '' };
  }
  const data = told?.data ?? {};
  if ('application/json' in data) return { why: null, value: data['application/json'] as T };
  if ('text/plain' in data) return { why: 'missing', python: unquoted(String(data['text/plain'])) };
  return { why: 'error', name: '', message: '' };
}

interface Told {
  status?: string;
  ename?: string;
  evalue?: string;
  data?: Record<string, unknown>;
}

/** 'C:\\python.exe' -> C:\python.exe: a path as Python prints it. */
const unquoted = (text: string): string =>
  text.replace(/^(['"])(.*)\1$/s, '$2').replaceAll('\\\\', '\\');
