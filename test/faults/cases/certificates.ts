import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../support/ports.ts'
import { until } from '../../support/until.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { openScene } from '../scene.ts'

const lifeSeconds = 45

/** Authorities and certificates as an administrator makes them, with openssl. */
function openCabinet(directory: string) {
  const file = (name: string) => join(directory, name)
  const openssl = (args: readonly string[], secondsLeft?: number) => {
    const [program, all] =
      secondsLeft === undefined
        ? ['openssl', args]
        : ['faketime', ['-f', `-${86_400 - secondsLeft}s`, 'openssl', ...args]]
    execFileSync(program as string, all as string[], { cwd: directory, stdio: 'pipe' })
  }
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  return {
    file,
    makeAuthority(name: string): void {
      openssl([
        'req',
        '-x509',
        ...newKey,
        '-days',
        '9',
        '-subj',
        `/CN=${name}`,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
      ])
    },
    /** Puts a fresh key and certificate of the server in place; `secondsLeft`: of its life, a day unless told. */
    async issue(authority: string, secondsLeft?: number): Promise<void> {
      openssl(['req', '-new', ...newKey, '-subj', '/CN=cloud', '-keyout', 'new.key', '-out', 'new.csr'])
      await writeFile(file('ext'), 'subjectAltName=IP:127.0.0.1')
      const by = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-extfile', 'ext']
      openssl(['x509', '-req', '-in', 'new.csr', ...by, '-days', '1', '-out', 'new.pem'], secondsLeft)
      await writeFile(file('server.key'), await readFile(file('new.key')), { mode: 0o600 })
      await writeFile(file('server.pem'), await readFile(file('new.pem')))
    },
  }
}

/** F47: the certificate runs out, is renewed, and at last the authority is replaced; nobody restarts anything. */
async function runsOut({ seed }: RunOptions): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'warepulse-certificates-'))
  const cabinet = openCabinet(directory)
  cabinet.makeAuthority('first')
  cabinet.makeAuthority('second')
  await cabinet.issue('first', lifeSeconds)
  const issuedMs = performance.now()
  const brokerPort = await freePort()
  const tls = { keyFile: cabinet.file('server.key'), certFile: cabinet.file('server.pem') }
  const scene = await openScene({
    seed,
    brokerPort,
    cloud: { broker: { port: brokerPort, tls }, log: { level: 'info' } },
  })
  scene.defer(() => rm(directory, { recursive: true, force: true }))
  try {
    const { feeder, config, spoolDirectory } = await scene.withReaders('gw')
    const caFile = cabinet.file('trusted.pem')
    await writeFile(caFile, readFileSync(cabinet.file('first.pem')))
    const parsed = JSON.parse(readFileSync(config, 'utf8')) as { uplink: object }
    const url = `mqtts://127.0.0.1:${scene.proxy.port}`
    await writeFile(config, JSON.stringify({ ...parsed, uplink: { ...parsed.uplink, url, caFile } }))
    const edge = scene.startEdge(config)
    await scene.heard(feeder, 1, 300)

    await until('the certificate has run out', () => performance.now() - issuedMs > (lifeSeconds + 2) * 1000, {
      withinMs: 60_000,
    })
    scene.proxy.cut()
    scene.proxy.mend()
    await until('the gateway refuses it', () => /expired/.test(edge.output()))
    await scene.say(feeder, 301, 300)
    await cabinet.issue('first')
    await scene.arrived(600)

    await writeFile(
      caFile,
      readFileSync(cabinet.file('first.pem'), 'utf8') + readFileSync(cabinet.file('second.pem'), 'utf8'),
    )
    await cabinet.issue('second')
    await until('the new one is in use', () => (scene.cloud.output().match(/was renewed/g) ?? []).length >= 2)
    scene.proxy.cut()
    scene.proxy.mend()
    await scene.heard(feeder, 601, 300)

    const told = scene.cloud.output()
    return {
      injected: /expired/.test(edge.output()),
      proof: `a certificate of ${lifeSeconds} s ran out and was refused, was renewed, and its authority replaced; neither side was restarted`,
      verdict: withProblems(await scene.judge({ spools: [{ gateway: 'gw', directory: spoolDirectory }] }), [
        !/expires at .*within 1 day/.test(told) && 'nobody was warned that the certificate would run out',
        !/ expired at /.test(told) && 'nobody was told that the certificate had run out',
      ]),
    }
  } finally {
    await scene.close()
  }
}

export const certificateCases: readonly FaultCase[] = [
  {
    fault: 'F47',
    title: 'the certificate runs out, is renewed, and its authority is replaced while everything runs',
    tier: 'full',
    needs: ['mosquitto', 'openssl', 'faketime'],
    run: runsOut,
  },
]
