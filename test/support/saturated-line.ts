import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CleanOptions } from '../../edge/clean/options.ts'
import { commandsOf } from '../../edge/decoders/catalogue.ts'
import { runLine } from '../../edge/line.ts'
import { sourceFrom } from '../../edge/sources/catalogue.ts'
import { SerialOptions } from '../../edge/sources/serial/options.ts'
import { emptyTally } from '../../edge/tally.ts'
import { openPty } from '../../simulators/devices/pty.ts'
import { yrm100Frame } from '../../simulators/devices/yrm100.ts'
import { quietLog, steadyClock } from './edge.ts'
import { until } from './until.ts'

export interface Saturation {
  readonly seconds: number
  readonly bytesPerSecond: number
  /** Frames that a reader put on the line, one tag each. */
  readonly framesSent: number
  readonly framesTaken: number
  /** Bytes that the line itself could not take: the host did not read for 64 KiB. */
  readonly bytesOverrun: number
  readonly refused: number
  /** Of this process, the reader's end included. */
  readonly cpuShare: number
}

/** 115,200 baud with start and stop bit. */
export const lineBytesPerSecond = 11_520
const tags = 5_000

/**
 * A YRM100 that tells tags without a pause for so long, at the pace of a line of 115,200 baud and cut anywhere, and a
 * gateway's line that reads, decodes and cleans them.
 */
export async function saturateLine(seconds: number): Promise<Saturation> {
  const directory = await mkdtemp(join(tmpdir(), 'saturated-'))
  const path = join(directory, 'reader')
  const line = await openPty(path, () => {})
  const stop = new AbortController()
  const tally = emptyTally()
  const clock = steadyClock()
  const options = SerialOptions.parse({ type: 'serial', id: 'door', path, protocol: 'yrm100', active: false })
  const ended = runLine(
    {
      gateway: 'gw',
      sources: [await sourceFrom(options, { clock, random: Math.random, commandsOf })],
      clean: CleanOptions.parse({}),
      spool: { append: async (records) => records.length },
      clock,
      random: Math.random,
      log: quietLog(),
      tally,
    },
    stop.signal,
  )
  try {
    await until('the port is open', () => tally.devices.get('door')?.link === 'up')
    const cpu = process.cpuUsage()
    const sent = await tell(line, seconds)
    const used = process.cpuUsage(cpu)
    const taken = () => tally.devices.get('door')?.tagReads ?? 0
    await until('everything has come', () => taken() >= sent.frames, { withinMs: 10_000 }).catch(() => {})
    const refused = Object.values(tally.devices.get('door')?.refused ?? {}).reduce((sum, count) => sum + count, 0)
    return {
      seconds: sent.seconds,
      bytesPerSecond: Math.round(sent.bytes / sent.seconds),
      framesSent: sent.frames,
      framesTaken: taken(),
      bytesOverrun: sent.overrun,
      refused,
      cpuShare: (used.user + used.system) / 1e6 / sent.seconds,
    }
  } finally {
    stop.abort()
    await ended
    await line.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Puts whole frames on the line, in pieces as its pace allows; ends with a whole one. */
async function tell(line: { write(bytes: Uint8Array): boolean }, seconds: number) {
  const startedMs = performance.now()
  let pending: Uint8Array = new Uint8Array()
  let bytes = 0
  let frames = 0
  let overrun = 0
  const put = (piece: Uint8Array) => {
    bytes += piece.length
    if (!line.write(piece)) overrun += piece.length
  }
  for (;;) {
    const elapsed = (performance.now() - startedMs) / 1000
    if (elapsed >= seconds) break
    // What a held-up process could not send in time is sent late, at most 1 KiB at once.
    const due = Math.min(1024, Math.floor(Math.min(elapsed, seconds) * lineBytesPerSecond) - bytes)
    while (pending.length < due) {
      pending = Buffer.concat([pending, notice(frames)])
      frames += 1
    }
    if (due > 0) {
      put(pending.subarray(0, due))
      pending = pending.subarray(due)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  put(pending)
  return { bytes, frames, overrun, seconds: (performance.now() - startedMs) / 1000 }
}

function notice(frame: number): Uint8Array {
  const epc = Buffer.from('303644334000004000000000', 'hex')
  epc.writeUInt32BE(frame % tags, 8)
  return yrm100Frame(0x02, 0x22, [0xc9, 0x30, 0x00, ...epc, 0x3a, 0x76])
}
