import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hashPassword, isPassword } from '../../../cloud/accounts/password.ts'
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

  test('are the only way in until one is used or somebody is added, however often the accounts are opened', () => {
    const reopened = () => {
      people.close()
      people = openPeople(path, { clock, randomBytes })
      return people.isNobody()
    }
    expect(reopened()).toBe(true)
    const { key } = people.makeSignInKey()
    people.makeToken({ name: 'erp', grants: [{ site: 'harbour', role: 'viewer' }] })
    expect(reopened()).toBe(true)
    people.signIn(key)
    expect(reopened()).toBe(false)
    // Long after, when session and key are gone: somebody has signed in.
    clock.at += 30 * 86_400_000
    people.makeSignInKey()
    expect(reopened()).toBe(false)
    people.removePerson('admin')
    expect(people.isNobody()).toBe(true)
    people.putPerson({ name: 'mia', grants: [{ site: 'harbour', role: 'admin' }] })
    expect(reopened()).toBe(false)
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
    expect(people.current(signedIn?.identity.id ?? '')).toBeUndefined()
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

describe('people', () => {
  const mia = { name: 'mia', grants: [{ site: 'harbour', role: 'supervisor' }] as const }
  const password = 'three grey pallets'

  /** Adds her and signs her in with her link. */
  function arrives() {
    people.putPerson(mia)
    const signedIn = people.signIn(people.invite('mia').key)
    if (signedIn === undefined) throw new Error('her link does not work')
    return signedIn
  }

  test('are added by name, sign in by link, and then by password', async () => {
    const { identity } = arrives()
    expect(identity).toMatchObject(mia)
    expect(people.people()).toEqual([{ ...mia, hasPassword: false, addedAt: clock.at }])
    expect(await people.signInWithPassword('mia', password)).toBeUndefined()
    await people.setPassword(identity, password)
    expect(people.people()[0]?.hasPassword).toBe(true)
    expect((await people.signInWithPassword('Mia', password))?.identity).toMatchObject(mia)
    expect(await people.signInWithPassword('mia', `${password}s`)).toBeUndefined()
    expect(await people.signInWithPassword('tom', password)).toBeUndefined()
  })

  test('may do at once what they are given, and nothing once they are removed', () => {
    const { secret, identity } = arrives()
    people.putPerson({ name: 'MIA', grants: [{ site: 'quay', role: 'viewer' }] })
    expect(people.whoIs('session', secret)?.grants).toEqual([{ site: 'quay', role: 'viewer' }])
    const unused = people.invite('mia').key
    expect(people.removePerson('mia')).toBe(true)
    expect(people.whoIs('session', secret)).toBeUndefined()
    expect(people.current(identity.id)).toBeUndefined()
    expect(people.signIn(unused)).toBeUndefined()
    expect(people.removePerson('mia')).toBe(false)
    expect(() => people.invite('mia')).toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  test('a new password ends their other sessions, not this one', async () => {
    const here = arrives()
    const there = people.signIn(people.invite('mia').key)
    await people.setPassword(here.identity, password)
    expect(people.whoIs('session', here.secret)).toBeDefined()
    expect(people.whoIs('session', there?.secret ?? '')).toBeUndefined()
  })

  test('an invitation lasts three days and gives no rights that were taken meanwhile', () => {
    people.putPerson(mia)
    const { key, expiresAt } = people.invite('mia')
    expect(expiresAt - clock.at).toBe(3 * 86_400_000)
    people.putPerson({ name: 'mia', grants: [{ site: 'harbour', role: 'viewer' }] })
    expect(people.signIn(key)?.identity.grants).toEqual([{ site: 'harbour', role: 'viewer' }])
  })

  test('the link of the command line is the way back in for whoever has the machine', () => {
    people.signIn(people.makeSignInKey().key)
    people.putPerson({ name: 'admin', grants: [{ site: 'harbour', role: 'viewer' }] })
    expect(people.signIn(people.makeSignInKey().key)?.identity.grants).toEqual([{ site: '*', role: 'admin' }])
  })

  test.each([
    ['short', 'eleven char'],
    ['too long', 'x1y2z'.repeat(26)],
    ['of few characters', 'abababababababab'],
    ['mostly the name', 'Miami-miami-1'],
    ['mostly the product', 'Warepulse2026'],
    ['mostly "password"', 'password12345'],
  ])('a password that is %s is not taken', async (_why, weak) => {
    people.putPerson({ name: 'miami', grants: mia.grants })
    const signedIn = people.signIn(people.invite('miami').key)
    if (signedIn === undefined) throw new Error('no link')
    await expect(people.setPassword(signedIn.identity, weak)).rejects.toMatchObject({ code: 'bad-input' })
  })
})

test('passwords of one kind look different in two files, and are made with scrypt', async () => {
  const [one, two] = await Promise.all(['same words here', 'same words here'].map((p) => hashPassword(p, randomBytes)))
  expect(one).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/)
  expect(one).not.toBe(two)
  expect(await isPassword('same words here', one)).toBe(true)
  expect(await isPassword('same words there', one)).toBe(false)
  // é as one character or as two, as keyboards differ
  expect(await isPassword('cafe\u0301 au lait', await hashPassword('caf\u00e9 au lait', randomBytes))).toBe(true)
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
