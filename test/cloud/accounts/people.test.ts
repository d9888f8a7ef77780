import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPeople, type People } from '../../../cloud/accounts/people.ts'
import { makeSignInKey, normaliseSignInKey } from '../../../cloud/accounts/secret.ts'
import { standingClock } from '../../support/http-parts.ts'

const clock = standingClock(0)
let directory: string
let path: string
let people: People

beforeEach(() => {
  clock.at = 1_000_000
  directory = mkdtempSync(join(tmpdir(), 'people-'))
  path = join(directory, 'people.sqlite')
  people = openPeople(path, { clock, randomBytes })
})
afterEach(() => {
  people.close()
  rmSync(directory, { recursive: true })
})

describe('sign-in keys', () => {
  test('work once', () => {
    const { key } = people.makeSignInKey()
    expect(people.signIn(key)?.identity).toMatchObject({ name: 'admin', grants: [{ site: '*', role: 'admin' }] })
    expect(people.signIn(key)).toBeUndefined()
  })

  test('end after an hour', () => {
    const { key, expiresAt } = people.makeSignInKey()
    expect(expiresAt).toBe(clock.at + 3_600_000)
    clock.at = expiresAt
    expect(people.signIn(key)).toBeUndefined()
  })

  test.each([
    ['as printed', (key: string) => key],
    ['in lower case without groups', (key: string) => key.toLowerCase().replaceAll('-', '')],
    ['with spaces', (key: string) => ` ${key.replaceAll('-', ' ')} `],
    ['with O for 0 and l for 1', (key: string) => key.replaceAll('0', 'O').replaceAll('1', 'l')],
  ])('are understood %s', (_name, type) => {
    expect(people.signIn(type(people.makeSignInKey().key))).toBeDefined()
  })

  test('carry all 128 bits, in groups', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const key = makeSignInKey(() => bytes)
        expect(key).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}$/)
        let bits = 0n
        for (const digit of normaliseSignInKey(key)) {
          bits = bits * 32n + BigInt('0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(digit))
        }
        expect(bits).toBe(BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
      }),
    )
  })

  test('differ on every installation', () => {
    expect(people.makeSignInKey().key).not.toBe(people.makeSignInKey().key)
  })
})

describe('sessions and tokens', () => {
  test('a session ends after its life', () => {
    const signedIn = people.signIn(people.makeSignInKey().key)
    const secret = signedIn?.secret ?? ''
    expect(people.whoIs('session', secret)?.id).toBe(signedIn?.identity.id)
    clock.at = signedIn?.identity.expiresAt ?? 0
    expect(people.whoIs('session', secret)).toBeUndefined()
    expect(people.isValid(signedIn?.identity.id ?? '')).toBe(false)
  })

  test('a token stays until it is ended, and is no session', () => {
    const { secret, identity } = people.makeToken({ name: 'erp', grants: [{ site: 'harbour', role: 'viewer' }] })
    clock.at += 1e12
    expect(people.whoIs('token', secret)).toEqual(identity)
    expect(people.whoIs('session', secret)).toBeUndefined()
    expect(people.tokens()).toEqual([identity])
    expect(people.end(identity.id)).toBe(true)
    expect(people.end(identity.id)).toBe(false)
    expect(people.whoIs('token', secret)).toBeUndefined()
  })

  test('outlive a restart', () => {
    const { secret } = people.makeToken({ name: 'erp', grants: [{ site: '*', role: 'floor' }] })
    people.close()
    people.close()
    people = openPeople(path, { clock, randomBytes })
    expect(people.whoIs('token', secret)?.name).toBe('erp')
  })
})

test('no secret stands on the disk', () => {
  const { key } = people.makeSignInKey()
  const session = people.signIn(people.makeSignInKey().key)?.secret ?? ''
  const { secret: token } = people.makeToken({ name: 'erp', grants: [] })
  people.close()
  const disk = readFileSync(path).toString('latin1')
  for (const secret of [key, key.replaceAll('-', ''), session, token]) expect(disk).not.toContain(secret)
  expect(disk).toContain(createHash('sha256').update(token).digest('hex'))
})
