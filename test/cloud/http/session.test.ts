import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeApp } from '../../../cloud/http/app.ts'
import type { Api } from '../../../cloud/http/parts.ts'
import { type Bench, makeBench } from '../../support/http-parts.ts'

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
