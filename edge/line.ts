import type { Random } from '../shared/clock.ts'
import { type RefusalReason, refused } from '../shared/decoded.ts'
import { asFault } from '../shared/fault.ts'
import type { GatesOfGateway } from '../shared/gateway-document.ts'
import type { DeviceState } from '../shared/record.ts'
import { appendAll } from './append.ts'
import {
  type CleanRecord,
  type CleanState,
  cleanFlush,
  cleanFlushAll,
  cleanInput,
  cleanSensorReading,
  cleanStep,
  cleanTagRead,
  nothingSeen,
} from './clean/clean.ts'
import type { CleanOptions } from './clean/options.ts'
import { cleanScan } from './clean/scan.ts'
import { type StampingClock, stampOf } from './clock/stamp.ts'
import { mappedLines, type Protocol, protocols } from './decoders/catalogue.ts'
import type { Reading } from './decoders/reading.ts'
import type { Framer } from './framing/framer.ts'
import { adoptGates } from './gate/gates.ts'
import type { Log } from './log.ts'
import { type RecordQueue, recordQueue } from './record-queue.ts'
import type { ConfiguredSource, Speaker } from './sources/configured.ts'
import type { Delivery, LinkReport } from './sources/source.ts'
import type { Spool } from './spool/spool.ts'
import { sliceMs } from './supervision/antenna-rate.ts'
import { noteStamp } from './supervision/clock-skew.ts'
import { endSlice, noteReads } from './supervision/slice.ts'
import { emptyTally, otherDevices, type Tally } from './tally.ts'
import { aborted, wait } from './wait.ts'

const flushEveryMs = 100
/** On a stop, a spool that is full or broken is tried for so long. */
const lastAppendMs = 10_000

export interface LineOptions {
  /** Id of this gateway; it reports itself as a device. */
  readonly gateway: string
  readonly sources: readonly ConfiguredSource[]
  readonly clean: CleanOptions
  /** Gates in force; the same object until they change. */
  readonly gates?: () => GatesOfGateway | undefined
  readonly spool: Pick<Spool, 'append'>
  readonly clock: StampingClock
  readonly random: Random
  readonly log: Log
  readonly tally?: Tally
  /** Shown every reading before it is cleaned. */
  readonly onReading?: (reading: Reading) => void
  /** Where others may put records of their own, to be stored with the rest. */
  readonly queue?: RecordQueue
  /** Shown every record that is made of readings; at the end it may put its last own ones into the queue. */
  readonly rules?: { take(record: CleanRecord): void; flush(): Promise<void> }
}

/** What all belts of one line share. */
interface Line extends LineOptions {
  readonly tally: Tally
  readonly queue: RecordQueue
  readonly state: CleanState
  /** Where records of readings go. */
  readonly emit: (record: CleanRecord) => void
  /** Link reports that found the queue full. */
  readonly lateLinks: Map<string, DeviceState>
  /** Of the clock, when the last reading was taken. */
  steps: number
}

/**
 * The conveyor of a gateway: source → framing → decode → clean → spool, for every source. Resolves when `signal` aborts,
 * or when every source has ended by itself (recordings): sources are stopped first, open windows are emitted, and the
 * last append is durable.
 *
 * The first read of a tag is in the spool within moments; reads that wait in an open window when the power fails are
 * missing from that observation's count.
 *
 * One source that cannot go on does not stop the others; its Fault is thrown at the end. A spool that fails for good
 * stops the line with its Fault.
 */
export async function runLine(options: LineOptions, signal: AbortSignal): Promise<void> {
  const queue = options.queue ?? recordQueue()
  const line: Line = {
    ...options,
    tally: options.tally ?? emptyTally(),
    queue,
    emit: (record) => {
      queue.push(record)
      options.rules?.take(record)
    },
    state: nothingSeen(),
    lateLinks: new Map(),
    steps: options.clock.steps ?? 0,
  }
  const { clock, log } = line
  queue.push({ kind: 'device', ...stampOf(clock), device: options.gateway, state: 'up', reason: 'started' })

  const spoolFailed = new AbortController()
  const stopSources = AbortSignal.any([signal, spoolFailed.signal])
  const drained = new AbortController() // no more records will come
  const giveUp = new AbortController()
  const appending = appendAll(line, drained.signal, giveUp.signal).catch((fault) => {
    spoolFailed.abort()
    return asFault(fault, 'the spool failed')
  })
  const flushing = flushRegularly(line, drained.signal)

  // A gateway that has no devices yet waits for the end of its day like any other.
  if (line.sources.length === 0) await aborted(stopSources)
  const faults = await Promise.all(line.sources.map((source) => runBelt(line, source, stopSources)))

  pushLateLinks(line)
  cleanFlushAll(line.state, line.emit)
  await line.rules?.flush()
  drained.abort()
  const patience = setTimeout(() => giveUp.abort(), lastAppendMs)
  const [spoolFault] = await Promise.all([appending, flushing])
  clearTimeout(patience)
  const fault = spoolFault ?? faults.find((found) => found !== undefined)
  if (fault !== undefined) throw fault
  log.info({ appended: line.tally.appended }, 'the line has stopped')
}

/** Runs one source to its end. Answers the Fault that no retry could mend. */
async function runBelt(line: Line, configured: ConfiguredSource, signal: AbortSignal) {
  const { source } = configured
  const belt = openBelt(line, configured)
  const link = (report: LinkReport) => {
    belt.reset(report)
    reportLink(line, report)
  }
  try {
    await source.run(
      {
        deliver(delivery) {
          const valid = belt.take(delivery)
          return isFull(line) ? line.queue.room(signal).then(() => valid) : valid
        },
        durable: line.queue.settled,
        link,
      },
      signal,
    )
    return undefined
  } catch (thrown) {
    const fault = asFault(thrown, `source ${source.id} failed`)
    link({ device: source.id, state: 'down', reason: fault.message.slice(0, 256) })
    line.log.error({ source: source.id, code: fault.code }, fault.message)
    return fault
  }
}

/** From one source's deliveries to records in the queue. */
function openBelt(line: Line, configured: ConfiguredSource) {
  const { source, speakerOf } = configured
  const framer = source.shape === 'stream' ? framerFor(speakerOf(undefined)) : undefined
  const refuseBytes = (at: number, device: string) => (reason: RefusalReason, byteCount: number) =>
    line.tally.refuse({ at, device, reason, detail: `${byteCount} bytes skipped` })

  return {
    /** Answers whether anything in it was valid. */
    take(delivery: Delivery): boolean {
      const speaker = speakerOf(delivery.channel)
      if (speaker === undefined) {
        const detail = delivery.channel?.slice(0, 128)
        line.tally.refuse({ at: delivery.at, device: source.id, reason: 'unknown-device', detail }, delivery.bytes)
        return false
      }
      if (framer === undefined) return takeFrame(line, configured, speaker, delivery.bytes, delivery)
      let valid = false
      framer.push(
        delivery.bytes,
        (frame) => {
          valid = takeFrame(line, configured, speaker, frame, delivery) || valid
        },
        refuseBytes(delivery.at, speaker.device),
      )
      return valid
    },
    /** A broken connection leaves half a frame behind. */
    reset({ device, state }: LinkReport): void {
      if (state === 'down') framer?.reset(refuseBytes(line.clock.now(), device))
    },
  }
}

function framerFor(speaker: Speaker | undefined): Framer | undefined {
  return speaker === undefined ? undefined : protocolOf(speaker).framer?.()
}

function protocolOf({ protocol }: Speaker): Protocol {
  return typeof protocol === 'function' ? { decode: protocol, framer: mappedLines } : protocols[protocol]
}

function takeFrame(
  line: Line,
  configured: ConfiguredSource,
  speaker: Speaker,
  frame: Uint8Array,
  delivery: Delivery,
): boolean {
  const { device } = speaker
  const { at, monotonicMs, retained, deviceClock } = delivery
  const tally = line.tally.deviceOf(device)
  tally.frames += 1
  const decoded = protocolOf(speaker).decode(frame, { ...delivery, device })
  if (!decoded.ok) {
    line.tally.refuse({ at, device, reason: decoded.reason, detail: decoded.detail }, frame)
    return false
  }
  let valid = decoded.value.length === 0
  const nowMs = monotonicMs ?? line.clock.monotonicMs()
  tally.watched.lastFrameMs = nowMs
  followSteps(line)
  // What is over ends before anything new is taken, so that it does not matter when the timer last came round.
  cleanFlush(line.state, nowMs, line.clean, line.emit)
  const { unsyncedIn } = line.clock
  const corrected = deviceClock !== undefined && deviceClock.offsetMs !== 0
  for (const reading of decoded.value) {
    line.onReading?.(reading)
    // A clock that the source measures itself is corrected there.
    if (deviceClock === undefined && reading.type !== 'refused' && reading.at !== at && retained !== true) {
      tally.watched.skew = noteStamp(tally.watched.skew, at, reading.at)
    }
    const ours = corrected || (reading.type !== 'refused' && reading.at === at)
    const refusal = takeReading(line, configured, ours ? marked(reading, unsyncedIn) : reading, nowMs)
    if (refusal === undefined) valid = true
    else line.tally.refuse({ at, device, reason: refusal.reason, detail: refusal.detail }, frame)
  }
  return valid
}

/**
 * A reading whose time is of our clock: the arrival, or a stamp of the device that was set right by our clock. A stamp
 * of its own is the device's affair.
 */
function marked(reading: Reading, unsyncedIn: string | undefined): Reading {
  if (unsyncedIn === undefined || reading.type === 'refused') return reading
  return { ...reading, unsyncedIn }
}

function followSteps(line: Line): void {
  const steps = line.clock.steps ?? 0
  if (steps === line.steps) return
  line.steps = steps
  cleanStep(line.state, line.emit)
}

function followGates({ state, gates }: Line): void {
  const inForce = gates?.()
  if (inForce !== undefined) adoptGates(state.gates, inForce)
}

/** Cleans one reading into the queue, and counts it. */
function takeReading(
  line: Line,
  configured: ConfiguredSource,
  reading: Reading,
  nowMs: number,
): { readonly reason: RefusalReason; readonly detail?: string } | undefined {
  switch (reading.type) {
    case 'refused':
      return reading
    case 'tag': {
      followGates(line)
      const names = configured.readPointsOf(reading.device)
      const result = cleanTagRead(line.state, reading, names, nowMs, line.clean, line.emit)
      if (result === 'unknown-device') return refused('unknown-device', 'the read point has no legal name')
      const tally = line.tally.deviceOf(reading.device)
      tally.tagReads += reading.count
      noteReads(tally.watched, reading.antenna, reading.count)
      line.tally.epcs[result] += reading.count
      return undefined
    }
    case 'scan':
      cleanScan(line.state.scanned, reading, nowMs, line.emit)
      line.tally.deviceOf(reading.device).codesScanned += reading.codes.length
      return undefined
    case 'input':
      followGates(line)
      cleanInput(line.state, reading, nowMs, line.emit)
      return undefined
    case 'sensor': {
      const rule = cleanSensorReading(line.state, reading, line.clean, line.emit)
      if (rule === 'unknown-device') return refused('unknown-device', 'the sensor has no legal name')
      line.tally.deviceOf(reading.sensor).sensorReadings += 1
      line.tally.measurements[rule] += 1
      return undefined
    }
  }
}

/**
 * On change only: sources report a state once. While the queue is full only the last state of each device waits, so
 * that a connection that flaps in front of a full disk fills no memory.
 */
function reportLink(line: Line, { device, state, reason, clockOffsetMs, at }: LinkReport): void {
  const tally = line.tally.deviceOf(device)
  tally.link = state
  tally.clockOffsetMs = clockOffsetMs ?? 0
  const told = {
    ...(reason === undefined ? {} : { reason: reason.slice(0, 256) }),
    ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }),
  }
  const stamp = { ...stampOf(line.clock), ...(at === undefined ? {} : { at }) }
  const record: DeviceState = { kind: 'device', ...stamp, device, state, ...told }
  if (line.lateLinks.has(device)) line.tally.linkReportsMerged += 1
  if (isFull(line)) line.lateLinks.set(device, record)
  else {
    pushLateLinks(line)
    line.queue.push(record)
  }
  if (state === 'up') line.log.info({ device, ...told }, 'device is up')
  else line.log.warn({ device, ...told }, `device is ${state}`)
}

function pushLateLinks(line: Line): void {
  for (const record of line.lateLinks.values()) line.queue.push(record)
  line.lateLinks.clear()
}

function isFull({ queue }: Line): boolean {
  return queue.length >= queue.capacity
}

/** Ends windows in time, catches up with what waited for room, and judges devices slice by slice. */
async function flushRegularly(line: Line, signal: AbortSignal): Promise<void> {
  let sliceEndsMs = line.clock.monotonicMs() + sliceMs
  while (!signal.aborted) {
    await wait(flushEveryMs, signal)
    const nowMs = line.clock.monotonicMs()
    if (nowMs >= sliceEndsMs) {
      superviseDevices(line)
      sliceEndsMs = nowMs + sliceMs
    }
    if (isFull(line)) continue
    pushLateLinks(line)
    cleanFlush(line.state, nowMs, line.clean, line.emit)
  }
}

/** An antenna is told of as `<device>.<port>`, whatever the name of its read point. */
function superviseDevices(line: Line): void {
  for (const [device, { watched, link }] of [...line.tally.devices]) {
    if (device === otherDevices) continue
    for (const { antenna, state, reason } of endSlice(watched, link === 'up')) {
      reportLink(line, { device: antenna === undefined ? device : `${device}.${antenna}`, state, reason })
    }
  }
}
