import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/ports.ts'
import { startWarepulse } from '../support/processes.ts'
import { until } from '../support/until.ts'

/** From an empty folder to a cloud of one's own, by what the terminal says. */
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'warepulse-init-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const cloudYaml = () => join(directory, 'cloud.yaml')
const run = async (...args: string[]) => {
  const running = startWarepulse(args, {}, 'no-input', directory)
  return { code: await running.exited, output: running.output() }
}

test('six questions, one answered wrongly at first, one with a port that is taken; a folder that has a configuration keeps it', async () => {
  const [board, gateways] = [await freePort(), await freePort()]
  const occupant = createServer().listen(0, '127.0.0.1')
  await once(occupant, 'listening')
  const taken = (occupant.address() as AddressInfo).port
  const asking = startWarepulse(['init'], {}, 'take-input', directory)
  asking.type(`./here\n1\n99999\n${board}\n${taken}\n${gateways}\n1\n30\n`)
  expect(await asking.exited, asking.output()).toBe(0)
  await new Promise((resolve) => occupant.close(resolve))
  expect(asking.output()).toContain(`port ${taken} is taken by another program on this machine: type another`)
  expect(asking.output()).toMatch(/^ {2}Next: {2}node \S+\/bin\/warepulse[.]js cloud$/m)
  expect(asking.output()).toContain('not "99999", but a number from 1 to 65535')
  const written = await readFile(cloudYaml(), 'utf8')
  expect(written).toMatch(/^dataDirectory: "[.]\/here"$/m)
  expect([...written.matchAll(/^ {2}port: (\d+)$/gm)].map(([, port]) => Number(port))).toEqual([board, gateways])
  expect(await run('config', 'check', 'cloud.yaml')).toEqual({
    code: 0,
    output: 'cloud.yaml: a valid configuration for `warepulse cloud`\n',
  })
  expect(await run('init')).toMatchObject({ code: 1, output: expect.stringContaining('is there already') })
  expect(await readFile(cloudYaml(), 'utf8')).toBe(written)
})

test('a typo is told with its line, what was probably meant, and exit code 3', async () => {
  const written = await readFile(cloudYaml(), 'utf8')
  await writeFile(cloudYaml(), written.replace('dataDirectory', 'dataDirctory'))
  const { code, output } = await run('config', 'check', 'cloud.yaml')
  await writeFile(cloudYaml(), written)
  const line = written.split('\n').findIndex((text) => text.startsWith('dataDirectory')) + 1
  expect(output).toContain(`cloud.yaml:${line}:1  error  dataDirctory`)
  expect(output).toContain(`${line} | dataDirctory: "./here"`)
  expect(output).toContain('^^^^^^^^^^^^ unknown key')
  expect(output).toContain('help: did you mean "dataDirectory"?')
  expect(code).toBe(3)
})

test('what init says to type next serves the board, and prints the link that signs in once, even after a start that failed', async () => {
  const [http, broker] = [String(await freePort()), String(await freePort())]
  const ports = { WAREPULSE_HTTP__PORT: http, WAREPULSE_BROKER__PORT: broker }
  const occupant = createServer().listen(Number(broker), '127.0.0.1')
  await once(occupant, 'listening')
  const failing = startWarepulse(['cloud', '--config', 'cloud.yaml'], ports, 'no-input', directory)
  expect(await failing.exited, failing.output()).toBe(4)
  expect(failing.output()).not.toContain('?k=')
  const doctor = startWarepulse(['doctor'], ports, 'no-input', directory)
  expect(await doctor.exited, doctor.output()).toBe(1)
  expect(doctor.output()).toContain(`127.0.0.1:${broker} is taken by another program`)
  await new Promise((resolve) => occupant.close(resolve))
  const cloud = startWarepulse(['cloud', '--config', 'cloud.yaml'], ports, 'no-input', directory)
  try {
    const [link = ''] = await until('the link is printed', () => /http:\S+\?k=\S+/.exec(cloud.output()) ?? undefined)
    const { origin, searchParams } = new URL(link)
    const headers = { 'content-type': 'application/json', origin }
    const body = JSON.stringify({ key: searchParams.get('k') })
    const enter = () => fetch(`${origin}/api/v1/session`, { method: 'POST', headers, body })
    expect([(await enter()).status, (await enter()).status]).toEqual([201, 403])
    const looking = startWarepulse(['doctor'], ports, 'no-input', directory)
    expect(await looking.exited, looking.output()).toBe(0)
    expect(looking.output()).toContain('A cloud runs on ./here, every part is at work')
  } finally {
    await cloud.stop()
  }
})

test('where nobody answers and the usual ports are taken, the next free ones are in the file', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'warepulse-init-'))
  const squatters = [8080, 1883].map((port) => createServer().listen(port, '127.0.0.1'))
  // Somebody else on this machine may have the port already: then it is taken all the same.
  await Promise.all(squatters.map((one) => Promise.race([once(one, 'listening'), once(one, 'error')]).catch(() => {})))
  const asking = startWarepulse(['init'], {}, 'no-input', empty)
  const code = await asking.exited
  for (const one of squatters) one.close()
  const written = await readFile(join(empty, 'cloud.yaml'), 'utf8')
  await rm(empty, { recursive: true, force: true })
  expect(code, asking.output()).toBe(0)
  expect(asking.output()).toContain('port 8080 is taken by another program on this machine')
  const [board = 0, gateways = 0] = [...written.matchAll(/^ {2}port: (\d+)$/gm)].map(([, port]) => Number(port))
  expect(board).toBeGreaterThan(8080)
  expect(gateways).toBeGreaterThan(1883)
})
