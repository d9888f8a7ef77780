import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbeddedBroker } from '../../cloud/broker/embedded.ts'
import { temporaryDirectory, wallClock } from '../support/journal.ts'
import { freePort } from '../support/ports.ts'
import { until } from '../support/until.ts'

const silent = { upward() {}, presence() {} }
const everybody = {
  async verify(username: string) {
    const [site = '', gateway = ''] = username.split('/')
    return { site, gateway }
  },
}

test('with a certificate: mqtts lets in who trusts it, and only over TLS', async () => {
  const directory = temporaryDirectory()
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '1',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ],
    { stdio: 'ignore' },
  )
  const broker = await openEmbeddedBroker({
    events: silent,
    credentials: everybody,
    clock: wallClock,
    host: '127.0.0.1',
    port: 0,
    tls: { key: readFileSync(key), cert: readFileSync(cert) },
    limits: { connectMs: 2_000 },
  })
  onTestFinished(() => broker.close())
  expect(broker.url).toBe(`mqtts://127.0.0.1:${broker.port}`)
  const options = {
    username: 'north/a',
    password: 'x',
    clientId: 'north/a',
    reconnectPeriod: 0,
    connectTimeout: 10_000,
  }
  const trusting = await connectAsync(broker.url, { ...options, ca: readFileSync(cert) }, false)
  expect(trusting.connected).toBe(true)
  await trusting.endAsync(true)
  await expect(connectAsync(broker.url, options, false)).rejects.toThrow(/self-signed/)
  await expect(connectAsync(`mqtt://127.0.0.1:${broker.port}`, options, false)).rejects.toThrow()
  await until('nothing is left open', () => broker.connections === 0)
})

test('a port in use is told by its number', async () => {
  const port = await freePort()
  const open = () =>
    openEmbeddedBroker({ events: silent, credentials: everybody, clock: wallClock, host: '127.0.0.1', port })
  const first = await open()
  await expect(open()).rejects.toMatchObject({
    code: 'not-reachable',
    message: expect.stringContaining(`Port ${port} `),
  })
  await first.close()
  const second = await open()
  await second.close()
})
