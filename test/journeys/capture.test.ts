import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCaptureFile } from '../../edge/capture/file.ts'
import { headerLine, withoutSecrets } from '../../edge/capture/format.ts'
import { recorded } from '../../edge/capture/record.ts'
import { CleanOptions } from '../../edge/clean/options.ts'
import { runLine } from '../../edge/line.ts'
import { SourceOptions, sourceFrom } from '../../edge/sources/catalogue.ts'
import type { ConfiguredSource } from '../../edge/sources/configured.ts'
import { captureHeaderOf, played } from '../../edge/sources/replay/capture.ts'
import type { SpoolRecord } from '../../edge/spool/spool.ts'
import { emptyTally } from '../../edge/tally.ts'
import { quietLog } from '../support/edge.ts'
import { memorySpool } from '../support/memory-spool.ts'
import { freePort } from '../support/ports.ts'
import { plugIn } from '../support/pty.ts'
import { startSiteBroker } from '../support/site-broker.ts'
import { sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

/**
 * What was recorded beside a live run gives the same records when it is played through the same code, at any speed.
 */
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'capture-'))
})
afterEach(() => rm(directory, { recursive: true }))

const clean = CleanOptions.parse({ windowMs: 150, deadBands: { temperature: 0.5 } })

/** Runs one source down the line; answers its records but the gateway's own word that it started. */
async function recordsOf(source: ConfiguredSource, during?: (tally: ReturnType<typeof emptyTally>) => Promise<void>) {
  const spool = memorySpool()
  const tally = emptyTally()
  const { clock, random } = sourceContext
  const stop = new AbortController()
  const options = { gateway: 'gw-1', sources: [source], clean, spool, clock, random, log: quietLog(), tally }
  const running = runLine(options, stop.signal)
  await during?.(tally)
  if (during !== undefined) stop.abort()
  await running
  const records = spool.records.filter((record) => record.kind !== 'device' || record.device !== 'gw-1')
  return { records: records.map((record) => JSON.stringify(record)).toSorted(), tally }
}

async function recordLive(options: object, during: (tally: ReturnType<typeof emptyTally>) => Promise<void>) {
  const parsed = SourceOptions.parse(options)
  const path = join(directory, 'live.ndjson')
  const file = openCaptureFile({ path, maxBytes: 10_000_000, onEnded: (reason) => expect.fail(reason) })
  file.write(headerLine({ warepulse: 'capture', version: 1, startedAt: 1, source: withoutSecrets(parsed) }))
  const live = await recordsOf(recorded(await sourceFrom(parsed, sourceContext), file, sourceContext.clock), during)
  return { live, path }
}

async function play(path: string, speed: number | 'max') {
  const header = await captureHeaderOf(path)
  const configured = await sourceFrom(SourceOptions.parse(header?.source), sourceContext)
  return recordsOf(played(configured, { path, speed }, sourceContext))
}

const kindsOf = (records: readonly string[]) =>
  new Set(records.map((record) => (JSON.parse(record) as SpoolRecord).kind))

test('a reader on a serial line: noise, split frames, a cable that is pulled', async () => {
  const port = join(directory, 'reader')
  let device = await plugIn(port)
  const frame = Buffer.from('BB022200 11C9 3400 30751FEB705C5904E3D50D70 3A76 EF 7E'.replaceAll(' ', ''), 'hex')
  const options = { type: 'serial', id: 'dock-4', path: port, protocol: 'yrm100', active: false, silentAfterMs: 2000 }
  const { live, path } = await recordLive(options, async (tally) => {
    const read = () => tally.deviceOf('dock-4').tagReads
    for (let i = 1; i <= 40; i++) {
      const before = read()
      device.say(frame.subarray(0, i % frame.length))
      device.say(frame.subarray(i % frame.length))
      if (i % 10 === 0) device.say(Buffer.from('00BB7E11', 'hex'))
      await until(`read ${i} is taken`, () => {
        // On a machine that stands still for so long the port is opened anew, and what was under way is lost.
        if (tally.deviceOf('dock-4').link === 'silent') device.say(frame)
        return read() > before
      })
    }
    await until('silence is noticed', () => tally.deviceOf('dock-4').link === 'silent')
    device.say(frame.subarray(0, 9))
    await device.unplug()
    await until('the loss is noticed', () => tally.deviceOf('dock-4').link === 'down')
    device = await plugIn(port)
    await until('it speaks again', () => {
      device.say(frame)
      return tally.deviceOf('dock-4').link === 'up'
    })
  })
  await device.unplug()
  expect(kindsOf(live.records)).toEqual(new Set(['device', 'observation']))
  for (const speed of ['max', 20] as const) {
    const again = await play(path, speed)
    expect(again.records).toEqual(live.records)
    const { watched: _, ...counted } = live.tally.deviceOf('dock-4')
    expect(again.tally.deviceOf('dock-4')).toMatchObject(counted)
  }
})

test('readers and sensors behind a broker, one of them described in the configuration', async () => {
  const broker = await startSiteBroker(directory, await freePort())
  const client = await mqtt.connectAsync(broker.url)
  const options = {
    type: 'mqtt',
    id: 'site',
    url: broker.url,
    subscriptions: [
      { topic: 'impinj/{device}/tags', protocol: 'impinj-r700' },
      {
        topic: 'tele/{device}/SENSOR',
        mapping: { values: [{ pointer: '/AM2301/Temperature', quantity: 'temperature', unit: 'fahrenheit' }] },
      },
    ],
  }
  const { live, path } = await recordLive(options, async (tally) => {
    await until('the source is connected', () => tally.deviceOf('site').link === 'up')
    for (let i = 1; i <= 60; i++) {
      const event = {
        eventType: 'tagInventory',
        tagInventoryEvent: { epcHex: `3034${i % 3}0`, peakRssiCdbm: -6000 - i },
      }
      await client.publishAsync('impinj/r700-1/tags', i % 20 === 0 ? '{' : JSON.stringify(event), { qos: 1 })
      const climate = { AM2301: { Temperature: 40 + (i % 7) / 4 } }
      await client.publishAsync('tele/cold-1/SENSOR', JSON.stringify(climate), { qos: 1 })
    }
    await until('all have come', () => tally.deviceOf('cold-1').frames === 60 && tally.deviceOf('r700-1').frames === 60)
  })
  await client.endAsync(true)
  await broker.stop()
  expect(kindsOf(live.records)).toEqual(new Set(['device', 'observation', 'measurement']))
  const again = await play(path, 'max')
  expect(again.records).toEqual(live.records)
  expect(again.tally.deviceOf('r700-1').refused.json).toBe(3)
})

test('a file that ends in the middle of a line, and one that is broken before', async () => {
  const source = { type: 'serial', id: 'door', path: '/dev/null', protocol: 'tag-lines' }
  const head = headerLine({ warepulse: 'capture', version: 1, startedAt: 1, source })
  const entry = '{"ms":1,"at":2,"text":"30340242201D8840009EFDF7\\n"}\n'
  const path = join(directory, 'torn.ndjson')
  await writeFile(path, `${head}${entry}${entry.slice(0, 20)}`)
  expect((await play(path, 'max')).tally.deviceOf('door').tagReads).toBe(1)
  await writeFile(path, `${head}${entry.slice(0, 20)}\n${entry}`)
  await expect(play(path, 'max')).rejects.toThrow('torn.ndjson:2 cannot be read')
})

test('a capture ends at its bound, and never overwrites another', async () => {
  const path = join(directory, 'small.ndjson')
  const reasons: string[] = []
  const file = openCaptureFile({ path, maxBytes: 10, onEnded: (reason) => reasons.push(reason) })
  file.write('12345\n')
  file.write('67890\n')
  file.write('x\n')
  await file.close()
  await file.close()
  expect(await readFile(path, 'utf8')).toBe('12345\n')
  const second = openCaptureFile({ path, maxBytes: 10, onEnded: (reason) => reasons.push(reason) })
  second.write('x\n')
  await second.close()
  expect(reasons).toEqual([expect.stringContaining('bound of 10 bytes'), expect.stringContaining('EEXIST')])
  expect(await readFile(path, 'utf8')).toBe('12345\n')
})
