import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeAuthority, makeServerPair, type PemPair } from '../../cloud/tls/authority.ts'
import { temporaryDirectory } from '../support/journal.ts'
import { startWarepulse } from '../support/processes.ts'
import { until } from '../support/until.ts'

/** A gateway that runs, and servers that are not what they say. */

const dayMs = 86_400_000

async function edgeAt(url: string, authority: PemPair | undefined, more: object = {}) {
  const directory = temporaryDirectory()
  const secretFile = join(directory, 'secret')
  writeFileSync(secretFile, 'TOP-SECRET-OF-THE-GATEWAY\n', { mode: 0o600 })
  const caFile = join(directory, 'ca.pem')
  if (authority !== undefined) writeFileSync(caFile, authority.cert)
  const config = join(directory, 'edge.yaml')
  writeFileSync(
    config,
    JSON.stringify({
      version: 1,
      gateway: { site: 'north', id: 'a' },
      uplink: { url, secretFile, ...(authority === undefined ? {} : { caFile }), ...more },
      spool: { directory: join(directory, 'spool') },
    }),
  )
  const edge = startWarepulse(['edge', '--config', config])
  onTestFinished(() => edge.kill())
  return { edge, directory }
}

describe('S16, S17 a server that is not the cloud', () => {
  test.each([
    ['whose certificate has run out', { at: -100 * dayMs }, /expired/],
    ['whose certificate is of tomorrow', { at: 10 * dayMs }, /not yet valid/],
    ['whose authority is a stranger', { stranger: true }, /unable to verify|self-signed|signature/],
    ['that has signed for itself', { selfSigned: true }, /self-signed|unable to verify|unsuitable certificate purpose/],
    ['S17 with a good certificate of another host', { names: ['other.example'] }, /does not match/],
    ['that speaks TLS 1.1', { version: 'TLSv1.1' as const }, /protocol|version/],
  ])('%s: refused, and nothing is said to it', async (_name, flaw, why) => {
    const authority = await makeAuthority(Date.now() - 200 * dayMs, randomBytes)
    const stranger = await makeAuthority(Date.now() - 200 * dayMs, randomBytes)
    const { at = 0, names = ['127.0.0.1'], version } = flaw as { at?: number; names?: string[]; version?: 'TLSv1.1' }
    const pair =
      'selfSigned' in flaw
        ? stranger
        : await makeServerPair('stranger' in flaw ? stranger : authority, names, Date.now() + at, randomBytes)
    const heard: Buffer[] = []
    const limits = version === undefined ? {} : ({ minVersion: version, maxVersion: version } as const)
    const server = createServer({ ...pair, ...limits, ciphers: 'DEFAULT@SECLEVEL=0' }, (socket) => {
      socket.on('data', (chunk) => heard.push(chunk))
      socket.on('error', () => undefined)
    })
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    const { edge } = await edgeAt(`mqtts://127.0.0.1:${port}`, authority)
    await until('it says why', () => why.test(edge.output()))
    expect(Buffer.concat(heard)).toHaveLength(0)
    expect(edge.output()).not.toContain('TOP-SECRET')
  })

  test('where no TLS answers: it does not fall back, and its secret stays with it', async () => {
    const heard: Buffer[] = []
    const server = createTcpServer((socket) => {
      socket.on('data', (chunk) => {
        heard.push(chunk)
        socket.end(Buffer.from([0x20, 2, 0, 0])) // CONNACK in the clear
      })
      socket.on('error', () => undefined)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    const { edge } = await edgeAt(`mqtts://127.0.0.1:${port}`, await makeAuthority(Date.now(), randomBytes))
    await until('it says that it cannot', () => /cannot be reached/.test(edge.output()))
    expect(Buffer.concat(heard).includes('TOP-SECRET')).toBe(false)
    expect(Buffer.concat(heard)[0]).toBe(0x16) // a TLS handshake, and nothing else
  })

  test('mqtt:// to another machine is a mistake of configuration', async () => {
    const { edge } = await edgeAt('mqtt://cloud.example:1883', undefined)
    expect(await edge.exited).toBe(3)
    expect(edge.output()).toMatch(/not encrypted.*mqtts:\/\/.*allowPlaintext/s)
  })
})

test('S29 a secret stands in one file of the gateway, and nowhere in its spool', async () => {
  const { edge, directory } = await edgeAt('mqtt://127.0.0.1:1', undefined)
  await until('it has tried', () => /cannot be reached/.test(edge.output()))
  await edge.stop()
  const { execFileSync } = await import('node:child_process')
  const found = execFileSync('grep', ['-rl', 'TOP-SECRET', directory], { encoding: 'utf8' }).trim().split('\n')
  expect(found).toEqual([join(directory, 'secret')])
  chmodSync(found[0] ?? '', 0o600)
  expect(readFileSync(found[0] ?? '', 'utf8')).toContain('TOP-SECRET')
})
