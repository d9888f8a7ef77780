import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { keepPair } from '../../../cloud/tls/keep.ts'
import { ensureOwnPair } from '../../../cloud/tls/own-pair.ts'
import { temporaryDirectory } from '../../support/journal.ts'
import { until } from '../../support/until.ts'

const dayMs = 86_400_000
const made = Date.UTC(2026, 10, 28)

/** The files of two pairs, and a place in which one of them stands. */
async function shelf() {
  const directory = temporaryDirectory()
  const pairs = await Promise.all(
    [1, 2].map(async () => {
      const own = await ensureOwnPair(temporaryDirectory(), ['localhost'], made, randomBytes)
      return { key: readFileSync(own.keyFile, 'utf8'), cert: readFileSync(own.certFile, 'utf8') }
    }),
  )
  const files = { keyFile: join(directory, 'key'), certFile: join(directory, 'cert') }
  const [first, second] = pairs as [(typeof pairs)[0], (typeof pairs)[0]]
  writeFileSync(files.keyFile, first.key)
  writeFileSync(files.certFile, first.cert)
  return { files, first, second }
}

async function keep(files: { keyFile: string; certFile: string }, at = { now: made, monotonicMs: 0 }) {
  const said: string[] = []
  const used: string[] = []
  const kept = await keepPair({
    files,
    clock: { now: () => at.now, monotonicMs: () => at.monotonicMs },
    info: (sentence) => said.push(sentence),
    warn: (sentence) => said.push(sentence),
    everyMs: 5,
  })
  kept.onRenewed((pair) => used.push(pair.cert))
  onTestFinished(() => kept.stop())
  return { kept, said, used, at }
}

test('a renewed pair is used; half of one is not, and the last good one stays', async () => {
  const { files, first, second } = await shelf()
  const { kept, said, used } = await keep(files)
  expect(kept.current.cert).toBe(first.cert)
  writeFileSync(files.certFile, second.cert)
  await until('the stranger is told', () => said.some((one) => /does not belong to .*stays in use/.test(one)))
  expect([kept.current.cert, used]).toEqual([first.cert, []])
  writeFileSync(files.keyFile, second.key)
  await until('it is used', () => used.length === 1)
  expect(kept.current.cert).toBe(second.cert)
  expect(said.at(-1)).toMatch(/was renewed; it is good until 2027-02-26/)
})

test('warned at 30 days once, from 7 days on every day, and told when it is over', async () => {
  const { files } = await shelf()
  const { said, at } = await keep(files)
  for (const [day, told] of [
    [59, 0],
    [60, 1],
    [61, 1],
    [82, 1],
    [83, 2],
    [84, 3],
    [89, 4],
    [90, 5],
    [91, 6],
  ] as const) {
    at.now = made + day * dayMs
    at.monotonicMs += 1
    if (told > 0) await until(`told on day ${day}`, () => said.length >= told)
    expect(said.length, `day ${day}`).toBe(told)
  }
  expect(said.map((one) => /within (\d+) day|( expired at )/.exec(one)?.slice(1).find(Boolean))).toEqual([
    '30',
    '7',
    '7',
    '1',
    ' expired at ',
    ' expired at ',
  ])
})

test('a file that is missing at the start is a mistake of configuration', async () => {
  const { files } = await shelf()
  await expect(keep({ ...files, keyFile: '/nowhere/key' })).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('/nowhere/key'),
  })
})
