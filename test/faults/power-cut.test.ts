import { describe, expect, test } from 'vitest'
import { readDiskTrace, type TracedCall } from './disk-trace.ts'
import { filesAfterPowerCut, type Mercy } from './power-cut.ts'

const write = (path: string, at: number, text: string, line = 0): TracedCall => ({
  kind: 'write',
  path,
  at,
  bytes: Buffer.from(text),
  line,
  end: line,
})
const sync = (path: string, line = 1): TracedCall => ({ kind: 'sync', path, from: line, line })
const create = (path: string): TracedCall => ({ kind: 'create', path, line: 0 })
const rename = (from: string, to: string): TracedCall => ({ kind: 'rename', from, to, line: 0 })
const unlink = (path: string): TracedCall => ({ kind: 'unlink', path, line: 0 })
const cut = (path: string, size: number): TracedCall => ({ kind: 'truncate', path, size, line: 0, end: 0 })

const initial = new Map([['/d/old', Buffer.from('old')]])
function leftOf(calls: readonly TracedCall[], mercy: Mercy = 'none', random = () => 0.999) {
  const files = filesAfterPowerCut(initial, calls, { mercy, random })
  return Object.fromEntries([...files].map(([path, bytes]) => [path, bytes.toString()]))
}

describe('a power cut leaves', () => {
  test.each<[string, readonly TracedCall[], Record<string, string>]>([
    ['what was there', [], { '/d/old': 'old' }],
    ['a write that was synced', [write('/d/old', 3, 'er'), sync('/d/old')], { '/d/old': 'older' }],
    ['no write that was not', [write('/d/old', 3, 'er')], { '/d/old': 'old' }],
    [
      'no write that had not returned when the sync began',
      [write('/d/old', 3, 'er', 5), sync('/d/old', 5)],
      { '/d/old': 'old' },
    ],
    [
      'no file whose directory was not synced',
      [create('/d/a'), write('/d/a', 0, 'a'), sync('/d/a')],
      { '/d/old': 'old' },
    ],
    [
      'a file whose bytes and name were synced',
      [create('/d/a'), write('/d/a', 0, 'a'), sync('/d/a'), sync('/d')],
      { '/d/old': 'old', '/d/a': 'a' },
    ],
    [
      'an empty file when only its name was',
      [create('/d/a'), write('/d/a', 0, 'a'), sync('/d')],
      { '/d/old': 'old', '/d/a': '' },
    ],
    ['the old name of a file', [rename('/d/old', '/d/new')], { '/d/old': 'old' }],
    ['the new name after a sync of the directory', [rename('/d/old', '/d/new'), sync('/d')], { '/d/new': 'old' }],
    ['a removed file', [unlink('/d/old')], { '/d/old': 'old' }],
    ['a cut file as it was', [cut('/d/old', 1)], { '/d/old': 'old' }],
    ['a cut file cut after its sync', [cut('/d/old', 1), sync('/d/old')], { '/d/old': 'o' }],
  ])('%s', (_name, calls, files) => expect(leftOf(calls)).toEqual(files))

  test('whole sectors of a torn write, from its beginning', () => {
    const long = 'x'.repeat(1500)
    expect(leftOf([write('/d/old', 0, long)], 'torn', () => 0.4)['/d/old']).toBe('x'.repeat(512))
  })

  test('any sectors of a scattered one, with zeros between', () => {
    const turns = [0.9, 0.9, 0.1] // names; then a sector each
    const found = leftOf(
      [write('/d/old', 0, `${'x'.repeat(512)}${'y'.repeat(512)}`)],
      'scattered',
      () => turns.shift() ?? 0,
    )
    expect(found['/d/old']).toBe(`old${'\0'.repeat(509)}${'y'.repeat(512)}`)
  })
})

test('a trace is read: paths, bytes, what was told, and calls that others interrupt', () => {
  const hex = (text: string) =>
    [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  const trace = [
    `7  openat(AT_FDCWD<${hex('/')}>, "${hex('/d/a')}", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 5<${hex('/d/a')}>`,
    `7  pwrite64(5<${hex('/d/a')}>, "${hex('abc')}", 3, 9 <unfinished ...>`,
    `8  fdatasync(6<${hex('/d/b')}>) = -1 EIO (Input/output error)`,
    `7  <... pwrite64 resumed>)        = 2`,
    `7  fdatasync(5<${hex('/d/a')}>)     = 0`,
    `7  write(1<${hex('pipe:[1]')}>, "${hex('promised\n')}", 9) = 9`,
    `7  pwrite64(5<${hex('/d/a')}>(deleted), "${hex('z')}", 1, 0) = 1`,
    `7  unlink("${hex('/elsewhere/a')}") = 0`,
    `8  pwrite64(5<${hex('/d/a')}>, "${hex('end')}", 3, 0 <unfinished ...>`,
    `8  +++ killed by SIGKILL +++`,
  ].join('\n')
  const forever = Number.POSITIVE_INFINITY
  expect(readDiskTrace(trace, '/d')).toEqual([
    { kind: 'create', path: '/d/a', line: 0 },
    { kind: 'write', path: '/d/a', at: 9, bytes: Buffer.from('ab'), line: 1, end: 3 },
    { kind: 'sync', path: '/d/a', from: 4, line: 4 },
    { kind: 'said', text: 'promised\n', line: 5 },
    { kind: 'write', path: '/d/a', at: 0, bytes: Buffer.from('end'), line: 8, end: forever },
  ])
})
