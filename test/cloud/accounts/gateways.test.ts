import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type GatewayAccounts, openGatewayAccounts } from '../../../cloud/accounts/gateways.ts'
import type { Clock } from '../../../shared/clock.ts'
import { standingClock } from '../../support/http-parts.ts'
import { temporaryDirectory, wallClock } from '../../support/journal.ts'

const a = { site: 'north', gateway: 'a' }

function open(path = join(temporaryDirectory(), 'gateways.sqlite'), clock: Clock = wallClock) {
  const accounts = openGatewayAccounts(path, { clock, randomBytes })
  onTestFinished(() => accounts.close())
  return { path, accounts }
}

describe('verify', () => {
  for (const [name, username, secret, proven] of [
    ['the right secret', 'north/a', (right: string) => right, a],
    ['another secret', 'north/a', (right: string) => `${right}x`, undefined],
    ['no secret', 'north/a', () => '', undefined],
    ['an unknown gateway', 'north/z', (right: string) => right, undefined],
    ['the site alone', 'north', (right: string) => right, undefined],
    ['a part too many', 'north/a/a', (right: string) => right, undefined],
    ['another case', 'North/A', (right: string) => right, undefined],
    ['a wildcard', 'north/+', (right: string) => right, undefined],
    ['SQL', "north/a' OR '1'='1", (right: string) => right, undefined],
    ['10 kB', 'x'.repeat(10_000), (right: string) => right, undefined],
  ] as const) {
    test(name, async () => {
      const { accounts } = open()
      const { secret: right } = accounts.addGateway(a)
      expect(await accounts.verify(username, secret(right))).toEqual(proven)
    })
  }
})

test('a gateway is added once; revoked it is nobody; added again it has another secret', async () => {
  const { accounts } = open()
  const first = accounts.addGateway(a).secret
  expect(() => accounts.addGateway(a)).toThrow(expect.objectContaining({ code: 'conflict' }))
  expect([accounts.revoke(a), accounts.revoke(a), accounts.isInForce(a)]).toEqual([true, false, false])
  expect(await accounts.verify('north/a', first)).toBeUndefined()
  const second = accounts.addGateway(a).secret
  expect(second).not.toBe(first)
  expect(await accounts.verify('north/a', first)).toBeUndefined()
  expect(await accounts.verify('north/a', second)).toEqual(a)
})

for (const name of ['', '+', '#', '../x', 'a/b', 'a b', 'a\n', '-a', 'x'.repeat(65)]) {
  test(`${JSON.stringify(name)} cannot name a gateway, nor a site`, () => {
    const { accounts } = open()
    for (const address of [
      { site: 'north', gateway: name },
      { site: name, gateway: 'a' },
    ])
      expect(() => accounts.addGateway(address)).toThrow(expect.objectContaining({ code: 'bad-input' }))
    expect(accounts.list()).toEqual([])
  })
}

test('the command line changes the file while the server has it open', async () => {
  const { path, accounts: server } = open()
  const { accounts: commandLine } = open(path)
  const { secret } = commandLine.addGateway(a)
  expect(await server.verify('north/a', secret)).toEqual(a)
  commandLine.revoke(a)
  expect(await server.verify('north/a', secret)).toBeUndefined()
  expect(server.list()).toMatchObject([{ ...a, addedAt: expect.any(Number), revokedAt: expect.any(Number) }])
})

describe('a claim token', () => {
  const dayMs = 86_400_000

  test('gives a secret once, for its gateway alone', async () => {
    const { accounts } = open()
    const { token } = accounts.makeClaim(a)
    expect(accounts.isInForce(a)).toBe(false)
    const claimed = accounts.claim(token)
    expect(claimed).toMatchObject(a)
    expect(await accounts.verify('north/a', claimed?.secret ?? '')).toEqual(a)
    expect([accounts.claim(token), accounts.claim(''), accounts.claim(claimed?.secret ?? '')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test.each([
    ['a moment before its day is over', dayMs - 1, true],
    ['when its day is over', dayMs, false],
  ])('%s: %s', (_when, laterMs, works) => {
    const clock = standingClock(1_000_000)
    const { accounts } = open(undefined, clock)
    const { token, expiresAt } = accounts.makeClaim(a)
    expect(expiresAt).toBe(clock.at + dayMs)
    clock.at += laterMs
    expect(accounts.claim(token) !== undefined).toBe(works)
  })

  test.each([
    ['another token is made', (accounts: GatewayAccounts) => void accounts.makeClaim(a)],
    ['somebody adds the gateway by hand', (accounts: GatewayAccounts) => void accounts.addGateway(a)],
    ['the gateway is revoked', (accounts: GatewayAccounts) => void accounts.revoke(a)],
  ])('is void once %s', (_name, happens) => {
    const { accounts } = open()
    const { token } = accounts.makeClaim(a)
    happens(accounts)
    expect(accounts.claim(token)).toBeUndefined()
  })

  test('does not stand in the file as it is', () => {
    const { path, accounts } = open()
    const { token } = accounts.makeClaim(a)
    accounts.close()
    for (const name of [path, `${path}-wal`])
      if (existsSync(name)) expect(readFileSync(name).includes(token)).toBe(false)
  })
})

describe('a new secret', () => {
  const weekMs = 7 * 86_400_000
  const proves = async (accounts: GatewayAccounts, secret: string) =>
    (await accounts.verify('north/a', secret)) !== undefined

  test.each([
    ['at once', 0, true],
    ['a moment before the week is over', weekMs - 1, true],
    ['when the week is over', weekMs, false],
  ])('unused: the old one is good %s: %s', async (_when, laterMs, works) => {
    const clock = standingClock(1_000_000)
    const { accounts } = open(undefined, clock)
    const { secret } = accounts.addGateway(a)
    accounts.rotate(a)
    clock.at += laterMs
    expect(await proves(accounts, secret)).toBe(works)
  })

  test('used: the old one is worth nothing; changed twice: neither is the one before', async () => {
    const { accounts } = open()
    const first = accounts.addGateway(a).secret
    const second = accounts.rotate(a)?.secret ?? ''
    const third = accounts.rotate(a)?.secret ?? ''
    expect(await proves(accounts, first)).toBe(false)
    expect(await proves(accounts, second)).toBe(true)
    expect(await proves(accounts, third)).toBe(true)
    expect(await proves(accounts, second)).toBe(false)
  })

  test('revoked: neither the old nor the new one, and a gateway that is not there gets none', async () => {
    const { accounts } = open()
    const first = accounts.addGateway(a).secret
    const second = accounts.rotate(a)?.secret ?? ''
    accounts.revoke(a)
    expect([await proves(accounts, first), await proves(accounts, second)]).toEqual([false, false])
    expect(accounts.rotate(a)).toBeUndefined()
  })
})
