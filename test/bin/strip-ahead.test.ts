import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { flagsFor } from '../../bin/node24.js'
import { stripAhead } from '../../bin/strip-ahead.js'

let kept: string
beforeEach(() => {
  kept = mkdtempSync(join(tmpdir(), 'warepulse-stripped-'))
})
afterEach(() => rmSync(kept, { recursive: true, force: true }))

const flags = flagsFor(['edge'])
const ahead = (environment: Readonly<Record<string, string | undefined>>) =>
  stripAhead(process.execPath, flags, 'edge', { ...process.env, ...environment })

/** Whether a process that loads the gateway's sources loads the compiler of types, too. */
function loadsCompiler(): string {
  const tells = `data:text/javascript,process.stdout.write(String(process.moduleLoadList.some((name) => name.includes('amaro'))));process.exit(0)`
  const edge = new URL('../../bin/commands/edge.ts', import.meta.url).href
  return spawnSync(process.execPath, [...flags, '--input-type=module', '-'], {
    input: `import "${tells}"\nimport "${edge}"`,
    env: { ...process.env, NODE_COMPILE_CACHE: kept },
  }).stdout.toString()
}

test('a gateway whose types were stripped ahead does not load the compiler of types', () => {
  ahead({ NODE_COMPILE_CACHE: kept })
  expect(loadsCompiler()).toBe('false')
})

test('without that it does', () => {
  expect(loadsCompiler()).toBe('true')
})

test('where nothing is kept, or nothing can be, nothing is done', () => {
  ahead({ NODE_COMPILE_CACHE: undefined })
  ahead({ NODE_COMPILE_CACHE: join(import.meta.filename, 'no-directory') })
  stripAhead(process.execPath, flags, 'backup', { ...process.env, NODE_COMPILE_CACHE: kept })
  expect(readdirSync(kept)).toEqual([])
})
