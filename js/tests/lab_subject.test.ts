import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Any, Signal, Subject, trans } from './stand_ins';

const said: string[] = [];
vi.mock('../lab/dialogs', async (actual) => ({
  ...((await actual()) as object),
  say: async (_: string, text: string) => void said.push(text)
}));

const NONE = 'This notebook has no kernel.';
const LATER = 'The kernel is not ready to answer. Try again.';
const NEVER = new Promise<void>(() => {});
const idle = () => ({
  status: 'idle',
  statusChanged: new Signal(),
  info: Promise.resolve({ language_info: { name: 'python' } }),
  requestExecute: () => ({ done: Promise.resolve({ content: answer }) })
});
const answer = {
  status: 'ok',
  user_expressions: { panel: { status: 'ok', data: { 'application/json': { taken: [] } } } }
};

/** Asks of a notebook in front whose session is as told. */
async function ask(sessionContext: Any) {
  const panel = { sessionContext: { session: null, hasNoKernel: false, ...sessionContext } };
  const bench = { app: {}, tracker: { currentWidget: panel }, trans };
  const here = new Subject(bench as Any, async () => {}).here('Audit');
  await vi.advanceTimersByTimeAsync(4_500);
  return here;
}

describe('a command about the notebook in front', () => {
  beforeEach(() => {
    said.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  it('finds what the kernel holds', async () => {
    const here = await ask({ ready: Promise.resolve(), session: { kernel: idle() } });
    expect([here?.known, said]).toEqual([{ taken: [] }, []]);
  });

  it('does not say of a session that still starts that it has no kernel', async () => {
    expect(await ask({ ready: NEVER })).toBeNull();
    expect(said).toEqual([LATER]);
  });

  it('waits a moment for a session that starts', async () => {
    const session: Any = {};
    const ready = new Promise<void>((done) => setTimeout(done, 1_000));
    void ready.then(() => {
      session.kernel = idle();
    });
    expect((await ask({ ready, session }))?.known).toEqual({ taken: [] });
    // a kernel that is there and does not start
    expect(await ask({ ready, session: { kernel: { ...idle(), status: 'starting' } } })).toBeNull();
    expect(said).toEqual([LATER]);
  });

  it('says that there is no kernel where it was shut down, or none was ever chosen', async () => {
    expect(await ask({ ready: Promise.resolve(), hasNoKernel: true })).toBeNull();
    expect(await ask({ ready: Promise.resolve() })).toBeNull();
    // whoever declines to choose one leaves a session that never gets ready
    expect(await ask({ ready: NEVER, hasNoKernel: true })).toBeNull();
    expect(said).toEqual([NONE, NONE, NONE]);
  });

  it('says of a kernel that is busy that it is', async () => {
    const kernel = { ...idle(), status: 'busy' };
    expect(await ask({ ready: Promise.resolve(), session: { kernel } })).toBeNull();
    expect(said).toEqual(['The kernel is busy. Ask again when it is done.']);
  });
});
