import { createContext } from 'react';
import type { Live } from './live.ts';

/** The lab that is alive around a component; null outside a LabProvider. */
export const LiveContext = createContext<Live | null>(null);
