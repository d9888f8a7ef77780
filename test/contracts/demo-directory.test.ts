import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freshDirectory, removeDirectory } from '../../bin/demo/directory.ts'
import { lockDataDirectory } from '../../cloud/database/lock.ts'

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'warepulse-demo-directory-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))
const never = (path: string) => expect.unreachable(`${path} is free`)

test('a folder of an earlier demo is made anew', () => {
  const path = freshDirectory(join(base, 'demo'), never)
  writeFileSync(join(path, 'old'), '')
  expect(freshDirectory(join(base, 'demo'), never)).toBe(path)
  expect(readdirSync(path)).toEqual(['made-by-warepulse-demo'])
})

test('beside a demo that runs the next folder is taken, and the running one is left alone', () => {
  const first = freshDirectory(join(base, 'demo'), never)
  const release = lockDataDirectory(join(first, 'cloud'))
  const taken: string[] = []
  expect(freshDirectory(join(base, 'demo'), (path) => taken.push(path))).toBe(`${first}-2`)
  expect(taken).toEqual([first])
  expect(() => removeDirectory(first)).toThrow('A demo runs in')
  release()
  expect(removeDirectory(first)).toBe(true)
})

test.each([
  ['a folder with other content', (path: string) => writeFileSync(join(path, 'mine'), ''), (path: string) => path],
  ['a file', (path: string) => writeFileSync(join(path, 'file'), ''), (path: string) => join(path, 'file')],
  ['a place where nothing can be made', () => {}, () => '/proc/nope'],
])('%s is refused', (_name, prepare, pathOf) => {
  prepare(base)
  expect(() => freshDirectory(pathOf(base), never)).toThrow('--directory')
})
