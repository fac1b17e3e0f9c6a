import type { Check, LiveValue } from '../../check.ts';
import { captureCheck } from './checks/capture.ts';
import { containersCheck } from './checks/containers.ts';
import { depsCheck } from './checks/deps.ts';
import { neighFdbCheck } from './checks/neigh-fdb.ts';
import { pingCheck } from './checks/ping.ts';
import { sides } from './checks/sides.ts';
import { vtepMac } from './checks/values.ts';
import { vxlanCheck } from './checks/vxlan.ts';

const node1 = sides['node-1'];
const node2 = sides['node-2'];

/** The judgement of each checkpoint, by id. */
export const checks: Record<string, Check> = {
  'deps-node-1': depsCheck(node1),
  'deps-node-2': depsCheck(node2),
  'containers-node-1': containersCheck(node1),
  'containers-node-2': containersCheck(node2),
  'vxlan-node-1': vxlanCheck(node1),
  'vxlan-node-2': vxlanCheck(node2),
  'neigh-fdb-node-1': neighFdbCheck(node1),
  'neigh-fdb-node-2': neighFdbCheck(node2),
  'ping-1-to-2': pingCheck(node1),
  'ping-2-to-1': pingCheck(node2),
  capture: captureCheck(node1),
};

/** What the text's commands may carry of the learner's own nodes. */
export const values: Record<string, LiveValue> = {
  'node-1.vtep.mac': vtepMac(node1),
  'node-2.vtep.mac': vtepMac(node2),
};
