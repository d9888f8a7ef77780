import { readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/ports.ts'
import { type Running, startWarepulse } from '../support/processes.ts'
import { until } from '../support/until.ts'

/** `warepulse cloud --tls auto`, as a process of its own: what a tablet, a gateway and a stranger get. */

let directory: string
let cloud: Running
let httpPort: number
let brokerPort: number
let authority: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'warepulse-tls-'))
  ;[httpPort, brokerPort] = [await freePort(), await freePort()]
  await writeFile(
    join(directory, 'cloud.yaml'),
    JSON.stringify({
      version: 1,
      dataDirectory: join(directory, 'data'),
      http: { host: '0.0.0.0', port: httpPort },
      broker: { host: '0.0.0.0', port: brokerPort },
      log: { level: 'warn' },
    }),
  )
  cloud = startWarepulse(['cloud', '--config', join(directory, 'cloud.yaml'), '--tls', 'auto'])
  await until('it has told all', () => /█/.test(cloud.output()))
  authority = readFileSync(join(directory, 'data', 'tls', 'authority.pem'), 'utf8')
})

afterAll(async () => {
  await cloud.stop()
  await rm(directory, { recursive: true, force: true })
})

const get = (path: string, ca?: string) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: httpPort, path, ...(ca === undefined ? {} : { ca }) },
      (answer) => {
        let body = ''
        answer.on('data', (chunk) => {
          body += chunk
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }))
      },
    )
    asked.on('error', reject)
    asked.end()
  })

test('the terminal says where the certificate is and how it is recognised, and draws the way there', () => {
  expect(cloud.output()).toMatch(new RegExp(`https://(?!0\\.)[\\w.-]+:${httpPort}/authority.pem`))
  expect(cloud.output()).toMatch(/SHA-256: (?:[0-9A-F]{2}:){31}[0-9A-F]{2}/)
  expect(cloud.output()).toMatch(/[▀▄█]{5}/)
  expect(cloud.output()).not.toContain('without TLS')
})

test('who trusts the authority gets the board over https; who does not is warned by their own client', async () => {
  const answer = await get('/healthz', authority)
  expect([answer.status, answer.body]).toEqual([200, '{"ok":true}'])
  expect(answer.headers['strict-transport-security']).toBe('max-age=7776000')
  expect((await get('/authority.pem', authority)).body).toBe(authority)
  await expect(get('/healthz')).rejects.toThrow(/unable to verify|self-signed/)
})

test('gateways get mqtts with the same authority, and nobody gets mqtt', async () => {
  const options = { username: 'a/b', password: 'x', clientId: 'a/b', reconnectPeriod: 0, connectTimeout: 10_000 }
  await expect(connectAsync(`mqtts://127.0.0.1:${brokerPort}`, { ...options, ca: [authority] }, false)).rejects.toThrow(
    /Bad username or password/,
  )
  await expect(connectAsync(`mqtts://127.0.0.1:${brokerPort}`, options, false)).rejects.toThrow(
    /unable to verify|self-signed/,
  )
  await expect(connectAsync(`mqtt://127.0.0.1:${brokerPort}`, options, false)).rejects.toThrow()
})

test.each(['TLSv1', 'TLSv1.1'] as const)('%s is refused by both doors', async (version) => {
  for (const port of [httpPort, brokerPort]) {
    const ended = new Promise<string>((resolve) => {
      const socket = connect({
        port,
        host: '127.0.0.1',
        ca: authority,
        minVersion: version,
        maxVersion: version,
        ciphers: 'DEFAULT@SECLEVEL=0',
      })
      socket.on('secureConnect', () => resolve('connected'))
      socket.on('error', (error) => resolve(error.message))
    })
    expect(await ended).toMatch(/alert protocol version|unsupported protocol/i)
  }
})

test('keys are readable by their owner alone', () => {
  for (const name of ['authority.key', 'server.key'])
    expect(statSync(join(directory, 'data', 'tls', name)).mode & 0o777).toBe(0o600)
})

test.each([
  ['http', { http: { host: '0.0.0.0' } }, 3],
  ['broker', { broker: { host: '0.0.0.0' } }, 3],
  ['an external broker in the clear', { broker: { url: 'mqtt://broker.example:1883' } }, 3],
  ['http, allowed', { http: { host: '0.0.0.0', allowPlaintext: true } }, 0],
  ['broker with tls', { broker: { host: '0.0.0.0', tls: 'auto' } }, 0],
] as const)('open to the network without TLS: %s', async (_name, more, code) => {
  const file = join(directory, `check-${Math.random()}.yaml`)
  await writeFile(file, JSON.stringify({ version: 1, ...more }))
  const checking = startWarepulse(['config', 'check', file, '--kind', 'cloud'])
  expect(await checking.exited).toBe(code)
  if (code !== 0) expect(checking.output()).toMatch(/without TLS.*allowPlaintext/s)
})
