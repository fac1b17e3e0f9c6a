import { useCallback, useContext, useMemo, useSyncExternalStore } from 'react';
import { LiveContext } from './context.ts';
import { machines } from './words.ts';

/** What a code block needs: run it, how it went, whether it can be run now. */
export function useRun() {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useRun needs a LabProvider');
  useSyncExternalStore(live.runner.changes.subscribe, live.runner.changes.get, () => 0);
  const view = useSyncExternalStore(live.view.subscribe, live.view.get, live.view.initial);
  const canRun = useCallback((): true | string => {
    if (view.connection !== 'open') return machines.cannotRun.offline;
    const status = view.state?.session.status ?? 'none';
    return status === 'ready' ? true : machines.cannotRun[status];
  }, [view.connection, view.state]);
  return useMemo(
    () => ({
      run: live.runner.run,
      status: live.runner.status,
      canRun,
      interrupt: (block: string) => live.runner.choose(block, 'interrupt'),
      elsewhere: (block: string) => live.runner.choose(block, 'elsewhere'),
      cancel: (block: string) => live.runner.choose(block, 'cancel'),
    }),
    [live, canRun],
  );
}
