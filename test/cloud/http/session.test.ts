import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeApp } from '../../../cloud/http/app.ts'
import type { Api } from '../../../cloud/http/parts.ts'
import { type Bench, makeBench } from '../../support/http-parts.ts'
import { smallMap } from '../../support/warehouse.ts'

const board = { origin: 'http://localhost', host: 'localhost' }
let bench: Bench
let app: Api

beforeEach(async () => {
  bench = makeBench()
  app = await makeApp(bench.parts, { version: '0.0.0' })
})
afterEach(async () => {
  await app.close()
  bench.close()
})

const signIn = (key: string, headers: Record<string, string> = board) =>
  app.inject({ method: 'POST', url: '/api/v1/session', headers, payload: { key } })

test('a key signs in once; the cookie opens the API until sign-out', async () => {
  const { key } = bench.people.makeSignInKey()
  const first = await signIn(key)
  expect(first.statusCode).toBe(201)
  expect(first.json()).toEqual({
    name: 'admin',
    via: 'session',
    hasPassword: false,
    grants: [{ site: '*', role: 'admin' }],
    expiresAt: '2026-01-08T00:00:00.000Z',
  })
  expect(first.headers['set-cookie']).toMatch(
    /^warepulse_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
  )
  expect((await signIn(key)).statusCode).toBe(403)

  const cookies = { warepulse_session: first.cookies[0]?.value ?? '' }
  const session = () => app.inject({ url: '/api/v1/session', cookies })
  expect((await session()).json()).toMatchObject({ name: 'admin', via: 'session' })
  const out = await app.inject({ method: 'DELETE', url: '/api/v1/session', cookies, headers: board })
  expect(out.statusCode).toBe(204)
  expect((await session()).statusCode).toBe(401)
})

test('behind a trusted proxy that speaks https the cookie is Secure; an untrusted header changes nothing', async () => {
  const https = { ...board, 'x-forwarded-proto': 'https' }
  expect((await signIn(bench.people.makeSignInKey().key, https)).headers['set-cookie']).not.toContain('Secure')
  const proxied = await makeApp(makeBench().parts, { version: '0.0.0', trustProxy: ['127.0.0.1'] })
  await proxied.close()
  await app.close()
  app = await makeApp(bench.parts, { version: '0.0.0', trustProxy: ['127.0.0.1'] })
  expect((await signIn(bench.people.makeSignInKey().key, https)).headers['set-cookie']).toContain('; Secure')
})

test('guessing keys ends at ten a minute', async () => {
  const answers = []
  for (let guess = 0; guess < 12; guess++) answers.push((await signIn(`GUESS-${guess}`)).statusCode)
  expect(answers).toEqual([...Array(10).fill(403), 429, 429])
  expect((await signIn('GUESS')).json()).toMatchObject({ code: 'not-allowed', title: 'Too many requests' })
})

test('a wrong bearer token is nobody, even beside a good cookie', async () => {
  const cookies = { warepulse_session: (await signIn(bench.people.makeSignInKey().key)).cookies[0]?.value ?? '' }
  const answer = await app.inject({ url: '/api/v1/session', cookies, headers: { authorization: 'Bearer wpt_wrong' } })
  expect(answer.statusCode).toBe(401)
})

test('a token needs no origin', async () => {
  const { secret } = bench.people.makeToken({ name: 'robot', grants: [{ site: '*', role: 'viewer' }] })
  const answer = await app.inject({
    method: 'DELETE',
    url: '/api/v1/session',
    headers: { authorization: `Bearer ${secret}` },
  })
  expect(answer.statusCode).toBe(204)
})

describe('name and password', () => {
  const password = 'three grey pallets'
  const byPassword = (name: string, given: string, remoteAddress = '192.0.2.7') =>
    app.inject({
      method: 'POST',
      url: '/api/v1/session',
      headers: board,
      payload: { name, password: given },
      remoteAddress,
    })

  async function mia() {
    bench.people.putPerson({ name: 'mia', grants: [{ site: 'harbour', role: 'floor' }] })
    const cookies = { warepulse_session: (await signIn(bench.people.invite('mia').key)).cookies[0]?.value ?? '' }
    const set = (payload: object) =>
      app.inject({ method: 'PUT', url: '/api/v1/session/password', headers: board, cookies, payload })
    return { cookies, set }
  }

  test('are set after the first sign-in, and changed with the one before', async () => {
    const { set } = await mia()
    expect((await set({ password: 'short' })).json()).toMatchObject({ status: 400, code: 'bad-input' })
    expect((await set({ password })).statusCode).toBe(204)
    expect((await byPassword('mia', password)).json()).toMatchObject({ name: 'mia', via: 'session', hasPassword: true })
    expect((await set({ password: 'four green forklifts' })).statusCode).toBe(403)
    expect((await set({ password: 'four green forklifts', current: password })).statusCode).toBe(204)
    expect((await byPassword('mia', password)).statusCode).toBe(403)
    expect((await byPassword('mia', 'four green forklifts')).statusCode).toBe(201)
  })

  test('a wrong name and a wrong password are answered alike, word for word', async () => {
    const { set } = await mia()
    await set({ password })
    const [wrongName, wrongPassword] = [await byPassword('tom', password), await byPassword('mia', 'guess')]
    expect(wrongName.payload).toBe(wrongPassword.payload)
    expect(wrongName.statusCode).toBe(403)
  })

  test('guessing makes the guesser wait, not the one whose name it is', async () => {
    const { set } = await mia()
    await set({ password })
    const answers = []
    for (let guess = 0; guess < 7; guess += 1) answers.push(await byPassword('mia', `guess ${guess}`, '198.51.100.9'))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403, 403, 429, 429])
    expect(answers.at(-1)?.headers['retry-after']).toBe('1')
    expect((await byPassword('mia', password, '198.51.100.9')).statusCode).toBe(429)
    expect((await byPassword('mia', password)).statusCode).toBe(201)
    const { entries } = bench.audit.page({ limit: 50, sites: 'every' })
    expect(entries.filter(({ act, outcome }) => act === 'POST /api/v1/session' && outcome === 'refused')).toHaveLength(
      8,
    )
    expect(entries.find(({ outcome, subject }) => outcome === 'done' && subject === 'mia')?.who).toBe('mia')
    expect(JSON.stringify(entries)).not.toContain(password)
  })

  test.each([
    ['admin', 'admin'],
    ['admin', ''],
    ['admin', 'password'],
    ['root', 'root'],
    ['', ''],
  ])('there is no %s with "%s" on a fresh installation', async (name, given) => {
    expect([400, 403]).toContain((await byPassword(name, given)).statusCode)
    bench.people.makeSignInKey()
    expect([400, 403]).toContain((await byPassword(name, given)).statusCode)
  })
})

describe('people and tokens', () => {
  const send = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, site = '*', payload?: object) =>
    app.inject({ method, url: `/api/v1${url}`, headers: bench.bearer('admin', site), ...(payload && { payload }) })
  const floor = (site: string) => ({ grants: [{ site, role: 'floor' }] })

  test('somebody is let in by a link of their own, and shut out', async () => {
    const added = await send('PUT', '/people/mia', '*', floor('harbour'))
    expect(added.statusCode).toBe(201)
    const cookies = { warepulse_session: (await signIn(added.json<{ key: string }>().key)).cookies[0]?.value ?? '' }
    const who = () => app.inject({ url: '/api/v1/session', cookies })
    expect((await who()).json()).toMatchObject({ name: 'mia', ...floor('harbour') })
    expect((await send('PUT', '/people/mia', '*', floor('quay'))).statusCode).toBe(201)
    expect((await who()).json()).toMatchObject(floor('quay'))
    expect((await send('DELETE', '/people/mia')).statusCode).toBe(204)
    expect((await who()).statusCode).toBe(401)
    expect((await send('DELETE', '/people/mia')).statusCode).toBe(404)
  })

  test('an administrator of one site gives and takes nothing elsewhere, and sees nobody from there', async () => {
    bench.people.putPerson({ name: 'tom', ...{ grants: [{ site: 'quay', role: 'viewer' }] } })
    bench.people.putPerson({
      name: 'both',
      grants: [
        { site: 'quay', role: 'viewer' },
        { site: 'harbour', role: 'viewer' },
      ],
    })
    const { identity } = bench.people.makeToken({ name: 'wall', grants: [{ site: 'quay', role: 'viewer' }] })
    expect((await send('PUT', '/people/eve', 'harbour', floor('quay'))).statusCode).toBe(404)
    expect((await send('PUT', '/people/eve', 'harbour', floor('*'))).statusCode).toBe(404)
    expect((await send('PUT', '/people/tom', 'harbour', floor('harbour'))).statusCode).toBe(404)
    expect((await send('DELETE', '/people/both', 'harbour')).statusCode).toBe(404)
    expect((await send('DELETE', `/tokens/${identity.id}`, 'harbour')).statusCode).toBe(404)
    expect((await send('POST', '/tokens', 'harbour', { name: 'x', ...floor('quay') })).statusCode).toBe(404)
    expect((await send('GET', '/people', 'harbour')).json()).toEqual({ items: [], next: null })
    expect((await send('GET', '/tokens', 'harbour')).payload).not.toContain('quay')
    expect((await send('PUT', '/people/eve', 'harbour', floor('harbour'))).statusCode).toBe(201)
  })

  test('a token has an end, is listed without its secret, and is revoked', async () => {
    const made = await send('POST', '/tokens', '*', {
      name: 'wall',
      grants: [{ site: 'harbour', role: 'viewer' }],
      days: 30,
    })
    const { secret, id, expiresAt } = made.json<{ secret: string; id: string; expiresAt: string }>()
    expect(expiresAt).toBe('2026-01-31T00:00:00.000Z')
    const asWall = () => app.inject({ url: '/api/v1/session', headers: { authorization: `Bearer ${secret}` } })
    expect((await asWall()).json()).toMatchObject({ name: 'wall', via: 'token' })
    const listed = await send('GET', '/tokens')
    expect(listed.payload).toContain(id)
    expect(listed.payload).not.toContain(secret)
    bench.clock.at = Date.parse(expiresAt)
    expect((await asWall()).statusCode).toBe(401)
    bench.clock.at -= 1
    expect((await asWall()).statusCode).toBe(200)
    expect((await send('DELETE', `/tokens/${id}`)).statusCode).toBe(204)
    expect((await asWall()).statusCode).toBe(401)
  })
})

describe('a wall screen', () => {
  const make = async () => {
    bench.house.maps.push(smallMap('harbour'))
    const made = await app.inject({
      method: 'POST',
      url: '/api/v1/sites/harbour/walls',
      headers: bench.bearer('supervisor'),
      payload: { name: 'dock-tv' },
    })
    expect(made.statusCode).toBe(201)
    return made.json<{ id: string; key: string }>()
  }
  const cookiesOf = async (key: string) => ({ warepulse_wall: (await signIn(key)).cookies[0]?.value ?? '' })

  test('its link works again and again, sees its site, and changes nothing', async () => {
    const { key } = await make()
    await signIn(key)
    const cookies = await cookiesOf(key)
    const session = await app.inject({ url: '/api/v1/session', cookies })
    expect(session.json()).toMatchObject({
      name: 'dock-tv',
      via: 'wall',
      grants: [{ site: 'harbour', role: 'viewer' }],
    })
    expect((await app.inject({ url: '/api/v1/sites/harbour/gaps', cookies })).statusCode).toBe(200)
    for (const [method, url] of [
      ['POST', '/api/v1/sites/harbour/walls'],
      ['POST', '/api/v1/sites/harbour/counts'],
      ['DELETE', '/api/v1/gateways/gw-1'],
    ] as const) {
      const refused = await app.inject({ method, url, cookies, headers: board, payload: {} })
      expect(refused.statusCode, url).toBe(403)
    }
  })

  test('whoever is signed in stays who they are when they open it', async () => {
    const { key } = await make()
    const person = (await signIn(bench.people.makeSignInKey().key)).cookies[0]?.value ?? ''
    const cookies = { ...(await cookiesOf(key)), warepulse_session: person }
    expect((await app.inject({ url: '/api/v1/session', cookies })).json()).toMatchObject({ name: 'admin' })
  })

  test('ended, it is nobody, and its link opens nothing', async () => {
    const { id, key } = await make()
    const cookies = await cookiesOf(key)
    const walls = '/api/v1/sites/harbour/walls'
    const headers = bench.bearer('supervisor')
    expect((await app.inject({ url: walls, headers })).json()).toEqual({ items: [{ id, name: 'dock-tv' }], next: null })
    expect((await app.inject({ method: 'DELETE', url: `${walls}/${id}`, headers })).statusCode).toBe(204)
    expect((await app.inject({ method: 'DELETE', url: `${walls}/${id}`, headers })).statusCode).toBe(404)
    expect((await app.inject({ url: '/api/v1/session', cookies })).statusCode).toBe(401)
    expect((await signIn(key)).statusCode).toBe(403)
  })

  test('a supervisor of another site cannot end it', async () => {
    const { id } = await make()
    bench.house.maps.push(smallMap('inland'))
    const headers = bench.bearer('supervisor', 'inland')
    const answer = await app.inject({ method: 'DELETE', url: `/api/v1/sites/inland/walls/${id}`, headers })
    expect(answer.statusCode).toBe(404)
  })
})
