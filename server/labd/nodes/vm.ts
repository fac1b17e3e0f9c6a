import { mkdirSync, readFileSync } from 'node:fs';
import { realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GUEST } from '../guest/system.ts';
import { createTurns } from '../turns.ts';
import { openCgroups } from './cgroup.ts';
import type { NodeDriver, Progress, SessionId, Topology } from './driver.ts';
import { createMachine, type SshMachine } from './machine.ts';
import { arrange } from './namespace.ts';
import { type NodePlace, isSession, placeOf, SessionPlan, TopologyPlan } from './place.ts';
import { createPower, type Power } from './power.ts';
import { claimedUnder, claimRange, releaseRange } from './ranges.ts';
import { children, removeEmpty, removeMounted } from './remains.ts';
import { endStrays } from './stray.ts';
import { portOf, wireSteps } from './wiring.ts';

const NOT_RUNNING = '节点没有运行';
