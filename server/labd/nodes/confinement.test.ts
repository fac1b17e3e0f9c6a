import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ociConfig } from './oci.ts';

const FILE = join(import.meta.dirname, 'node.aa');
const hasParser = spawnSync('apparmor_parser', ['--version']).error === undefined;

// Compiled, not loaded: a kernel with AppArmor is rare where tests run. Without the package apparmor there is nothing to try it with.
it.skipIf(!hasParser)('compiles', () => {
  const args = ['--skip-kernel-load', '--skip-cache', '--quiet', FILE];
  const { status, stderr } = spawnSync('apparmor_parser', args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
});

it('is what a node is started with where it is loaded, and is not asked for elsewhere', () => {
  const parts = {
    hostname: 'n',
    rootfs: '/r',
    userns: '/u',
    netns: '/n',
    cgroup: '/c',
    ids: { base: 1, size: 1 },
    hasEgress: false,
  };
  const profile = 'netloom-node';
  expect(ociConfig({ ...parts, netfilter: false, profile }).process).toMatchObject({ apparmorProfile: profile });
  expect(ociConfig({ ...parts, netfilter: false, profile: null }).process).not.toHaveProperty('apparmorProfile');
  expect(readFileSync(FILE, 'utf8')).toContain(`profile ${profile} `);
});
