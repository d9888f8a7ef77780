import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openGatewayAccounts } from '../../../cloud/accounts/gateways.ts'
import { temporaryDirectory, wallClock } from '../../support/journal.ts'

const a = { site: 'north', gateway: 'a' }

function open(path = join(temporaryDirectory(), 'gateways.sqlite')) {
  const accounts = openGatewayAccounts(path, { clock: wallClock, randomBytes })
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
