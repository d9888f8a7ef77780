import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { track } from '../support/processes.ts'

/**
 * The command, begun by a Node that is too old for it: the machine's own where that is one, else this one, made to take
 * itself for Node 20.
 */
const bin = fileURLToPath(new URL('../../bin/', import.meta.url))
const said = spawnSync('node', ['--version'])
const machines = said.error === undefined ? said.stdout.toString().trim().slice(1) : process.versions.node
const pretended = '20.19.0'
const pretending = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${pretended}'})`
const old =
  Number(machines.split('.')[0]) < 24
    ? { path: 'node', flags: [], version: machines }
    : { path: process.execPath, flags: ['--import', pretending], version: pretended }

/** As it lies in a checkout on which `npm ci` was not run: no runtime in any folder above. */
let alone: string
beforeAll(() => {
  alone = mkdtempSync(join(tmpdir(), 'warepulse-old-node-'))
  mkdirSync(join(alone, 'bin'))
  writeFileSync(join(alone, 'package.json'), '{ "type": "module" }')
  for (const file of ['warepulse.js', 'node24.js', 'strip-ahead.js'])
    copyFileSync(join(bin, file), join(alone, 'bin', file))
})
afterAll(() => rmSync(alone, { recursive: true, force: true }))

const begin = (command: string, ...args: string[]) =>
  track(spawn(old.path, [...old.flags, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }))

test(`Node ${old.version} and no other: which is needed, and the container that brings it; exit 1`, async () => {
  const running = begin(join(alone, 'bin', 'warepulse.js'), 'demo')
  expect(await running.exited).toBe(1)
  expect(running.output()).toContain(`warepulse needs Node.js 24 or newer; this is ${old.version}`)
  expect(running.output()).toContain('docker compose up')
  expect(running.output().trim().split('\n').length).toBe(2)
})

test(`Node ${old.version} with the runtime that npm installs: it works`, async () => {
  const running = begin(join(bin, 'warepulse.js'), '--version')
  expect(await running.exited, running.output()).toBe(0)
  expect(running.output()).toMatch(/^\d+\.\d+\.\d+\n$/)
})
