import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gatewayYamlFrom, openShell, type Pasted, pastedFrom, type Shell } from '../support/pasted.ts'
import { freePort } from '../support/ports.ts'
import { type Running, startWarepulse } from '../support/processes.ts'
import { until } from '../support/until.ts'

/** What the pages say to paste is pasted into a shell, beside a real cloud, in their order; answers are what they show. */
let folder: string
let cloud: Running
let shell: Shell
let http: number
let broker: number
let maps = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warepulse-pasted-'))
  await cp(fileURLToPath(new URL('../../deploy', import.meta.url)), join(folder, 'deploy'), { recursive: true })
  http = await freePort()
  broker = await freePort()
  const cloudYaml = { version: 1, dataDirectory: './warepulse-data', http: { port: http }, broker: { port: broker } }
  await writeFile(join(folder, 'cloud.yaml'), JSON.stringify(cloudYaml))
  cloud = startWarepulse(['cloud'], {}, 'no-input', folder)
  shell = openShell(folder)
  await until('the cloud serves', () => /sign in, once/.test(cloud.output()))
})
afterAll(async () => {
  shell?.close()
  await cloud?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** What only asks may be asked again, until it is as the page shows: what shows an act follows within moments. */
const onlyAsks = (typed: string) => !/ -X |--data|warepulse/.test(typed)

/** Each page begins with the map; here one comes after the other, so each has a version of its own. */
async function nextMap(): Promise<string> {
  maps += 1
  const map = JSON.parse(await readFile(join(folder, 'deploy/examples/map.json'), 'utf8'))
  await writeFile(join(folder, `map-${maps}.json`), JSON.stringify({ ...map, version: maps }))
  return `map-${maps}.json`
}

async function paste({ typed, answer }: Pasted): Promise<void> {
  const here = typed
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${http}`)
    .replaceAll('deploy/examples/map.json', await nextMap())
  const once = async () => {
    const { printed, code } = await shell.type(here)
    expect(code, `${typed}\n${printed}`).toBe(0)
    if (answer === undefined) expect(printed, typed).not.toMatch(/curl: |"code":/)
    else expect(JSON.parse(printed.slice(printed.indexOf('{')))).toMatchObject(answer as object)
    return true
  }
  await (onlyAsks(typed) && answer !== undefined ? until(typed, once) : once())
}

/** What runs until it is told to stop is started by the test, and what asks questions is answered elsewhere. */
const staysHere = /^npx warepulse (init|cloud|edge)\b.*\n/gm

test.each(['README.md', 'README.zh-CN.md'])('%s: a gateway, a map and a tag, by what is to be typed', async (page) => {
  const chapter = page === 'README.md' ? '## Connect a real reader' : '## 接入真实读写器'
  await rm(join(folder, 'gateway-secret'), { force: true })
  await shell.type('npx warepulse gateway revoke harbour gw-north')
  await writeFile(join(folder, 'edge.yaml'), gatewayYamlFrom(page))
  for (const { typed } of pastedFrom(page, chapter)) {
    const rest = typed.replaceAll(staysHere, '')
    if (rest.trim() !== '') await paste({ typed: rest, answer: undefined })
  }
  const uplink = { WAREPULSE_UPLINK__URL: `mqtt://127.0.0.1:${broker}` }
  const edge = startWarepulse(['edge'], uplink, 'no-input', folder)
  try {
    await until('the gateway is connected', () =>
      edge.output().includes(`Connected to ${uplink.WAREPULSE_UPLINK__URL}`),
    )
  } finally {
    await edge.stop()
  }
})

test.each([
  ['docs/http-api.md', '## First requests'],
  ['docs/shipments.md', '## To paste'],
])('%s, “%s”', async (page, chapter) => {
  const pasted = pastedFrom(page, chapter)
  expect(pasted.length).toBeGreaterThan(0)
  for (const one of pasted) await paste(one)
})
