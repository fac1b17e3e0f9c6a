import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchWaking } from './waking.ts';

describe('watchWaking', () => {
  const woke = vi.fn();
  let page: EventTarget & { visibilityState: string };
  let stop: () => void;

  function turn(visibilityState: 'hidden' | 'visible'): void {
    page.visibilityState = visibilityState;
    page.dispatchEvent(new Event('visibilitychange'));
  }

  beforeEach(() => {
    vi.useFakeTimers();
    woke.mockClear();
    page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    vi.stubGlobal('document', page);
    vi.stubGlobal('window', new EventTarget());
    stop = watchWaking(woke);
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('sleeps through an ordinary hour', () => {
    vi.advanceTimersByTime(3_600_000);
    expect(woke).not.toHaveBeenCalled();
  });

  it('wakes when time has jumped: the lid was closed', () => {
    vi.advanceTimersByTime(5_000);
    vi.setSystemTime(Date.now() + 60_000);
    vi.advanceTimersByTime(5_000);
    expect(woke).toHaveBeenCalledOnce();
  });

  it('wakes when the page is seen again after long, not after a glance elsewhere', () => {
    turn('hidden');
    vi.advanceTimersByTime(10_000);
    turn('visible');
    expect(woke).not.toHaveBeenCalled();
    turn('hidden');
    vi.setSystemTime(Date.now() + 60_000);
    vi.advanceTimersByTime(5_000);
    expect(woke).not.toHaveBeenCalled();
    turn('visible');
    expect(woke).toHaveBeenCalledOnce();
  });

  it('wakes when the network is back, and hears nothing once it is stopped', () => {
    window.dispatchEvent(new Event('online'));
    expect(woke).toHaveBeenCalledOnce();
    stop();
    window.dispatchEvent(new Event('online'));
    vi.setSystemTime(Date.now() + 60_000);
    vi.advanceTimersByTime(60_000);
    expect(woke).toHaveBeenCalledOnce();
  });
});
