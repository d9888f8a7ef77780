import { createServer, type Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import type { Random } from '../../shared/clock.ts'
import { type Misbehaviour, onTheWire, wellBehaved } from '../faults.ts'
import type { ReaderDevice, Sighting } from './device.ts'
import { eventMessage, type LlrpModel, type Stamped, statusPart, tagReportData } from './llrp-answers.ts'
import { type LlrpMessage, llrpMessage, long, takeMessages, unsigned } from './llrp-bytes.ts'
import { llrpSettings } from './llrp-settings.ts'

/**
 * A fixed reader that speaks LLRP (EPCglobal LLRP 1.0.1; 1.1 when it is asked to) on a TCP socket, encrypted if it is
 * given a certificate. It takes one client, and keeps what it reads while nobody listens if it is told to hold events
 * and reports; a full buffer gives up its oldest. A client that does not answer three keep-alives is dropped.
 */
export interface LlrpReaderOptions extends Partial<LlrpModel> {
  readonly id: string
  /** Address to listen on; default: loopback. */
  readonly host?: string
  /** 0 takes any free one. */
  readonly port: number
  readonly random: Random
  /** Unix ms, true time. */
  readonly now: () => number
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Sightings that it can keep. */
  readonly room?: number
  /** With less power it hears less: tags are weaker, and the weakest are missed. */
  readonly isFaint?: boolean
}

export interface LlrpReader extends ReaderDevice {
  readonly port: number
  readonly counters: LlrpReaderCounters
  /** Power off and on: what it kept and was told is gone, and its uptime starts again. */
  reboot(): void
  /** Somebody pulls an antenna's cable, or puts it back. */
  antenna(port: number, isConnected: boolean): void
  /** dBm that an antenna sends with. */
  powerDbm(port: number): number
  /** A level at one of its inputs; `at`: true time, default now. */
  input(port: number, isHigh: boolean, at?: number): void
}

export interface LlrpReaderCounters {
  /** Sightings in whole reports that the network took. */
  readonly reported: number
  /** Given up since the buffer was full. */
  readonly overflowed: number
  readonly waiting: number
  readonly clients: number
  readonly refusedClients: number
  readonly roSpecsAdded: number
}

interface Client {
  readonly socket: Socket
  version: number
  rest: Buffer
  /** Reports may flow. */
  enabled: boolean
  /** Sightings that the network has not wholly taken yet. */
  underWay: readonly Stamped[]
  unansweredKeepalives: number
}

const types = {
  closeResponse: 4,
  close: 14,
  getVersion: 46,
  setVersion: 47,
  getReport: 60,
  report: 61,
  keepalive: 62,
  enableReports: 64,
  keepaliveAck: 72,
  error: 100,
} as const
const parts = {
  inputEvent: 248,
  roSpecEvent: 249,
  overflowEvent: 251,
  antennaEvent: 255,
  connectionAttempt: 256,
} as const
const greeting = { accepted: 0, occupied: 2 } as const
const eventTypes = { input: 1, roSpec: 2, buffer: 3, antenna: 8 } as const
const unsupportedMessage = 109
const mostMissedAcks = 3
const longestWriteBytes = 64 * 1024
const mostInOneReport = 500
const fullPowerDbm = 30
const weakestDbm = -80

/** Resolves when it can be connected to. Rejects where the port is taken. */
export async function openLlrpReader(options: LlrpReaderOptions): Promise<LlrpReader> {
  const { host = '127.0.0.1', random, now, room = 100_000, isImpinj = true, hasUtcClock = true, antennas = 4 } = options
  const { hasPowerLevels = true, mostDbm = fullPowerDbm, isFaint = false } = options
  const model: LlrpModel = { isImpinj, hasUtcClock, antennas, hasPowerLevels, mostDbm }
  const counters = { reported: 0, overflowed: 0, clients: 0, refusedClients: 0 }
  let misbehaviour: Misbehaviour = wellBehaved
  let settings = llrpSettings(model, tellRun)
  let client: Client | undefined
  let buffer: Stamped[] = []
  let bootedAt = now()
  let lastId = 0
  let keepalive: NodeJS.Timeout | undefined
  let inputTimer: NodeJS.Timeout | undefined
  let isPlugged = false
  let port = options.port

  const server =
    options.tls === undefined
      ? createServer({ noDelay: true }, welcome)
      : createSecureServer({ ...options.tls, noDelay: true }, welcome)
  server.on('tlsClientError', () => {}) // a client that does not trust us
  await plug()

  function welcome(socket: Socket): void {
    socket.on('error', () => {}) // 'close' follows
    const isFree = client === undefined
    const said = event(1, long(parts.connectionAttempt, unsigned(16, isFree ? greeting.accepted : greeting.occupied)))
    if (!isFree) {
      counters.refusedClients += 1
      socket.end(said)
      return
    }
    counters.clients += 1
    const rest = Buffer.alloc(0)
    const fresh: Client = {
      socket,
      version: 1,
      rest,
      enabled: !settings.holds,
      underWay: [],
      unansweredKeepalives: 0,
    }
    client = fresh
    socket.on('data', (bytes: Buffer) => hear(fresh, bytes))
    socket.once('close', () => lose(fresh))
    write(fresh, said)
    pump()
  }

  /** What was under way did not arrive whole: it is to be reported still. */
  function lose(lost: Client): void {
    if (client !== lost) return
    client = undefined
    buffer = settings.holds ? [...lost.underWay, ...buffer] : []
  }

  function hear(from: Client, bytes: Buffer): void {
    const taken = takeMessages(Buffer.concat([from.rest, bytes]))
    if (taken === undefined) {
      from.socket.destroy()
      return
    }
    from.rest = Buffer.from(taken.rest)
    for (const message of taken.messages) obey(from, message)
  }

  function obey(from: Client, message: LlrpMessage): void {
    switch (message.type) {
      case types.keepaliveAck:
        from.unansweredKeepalives = 0
        return
      case types.getVersion: // this and the next are of 1.1 themselves
        write(from, llrpMessage(56, message.id, 2, unsigned(8, from.version), unsigned(8, 2), statusPart()))
        return
      case types.setVersion:
        from.version = message.body[0] === 2 ? 2 : 1
        write(from, llrpMessage(57, message.id, 2, statusPart()))
        return
      case types.enableReports:
      case types.getReport:
        from.enabled = true
        pump(message.type === types.getReport)
        return
      case types.close:
        pump(true)
        write(from, llrpMessage(types.closeResponse, message.id, from.version, statusPart()))
        from.enabled = false
        from.socket.end()
        return
      default:
        write(from, settings.obey(message, from.version) ?? unsupported(from, message))
        keepAlive()
    }
  }

  function unsupported({ version }: Client, { type, id }: LlrpMessage): Buffer {
    return llrpMessage(
      types.error,
      id,
      version,
      statusPart(unsupportedMessage, `message type ${type} is not supported`),
    )
  }

  function keepAlive(): void {
    clearInterval(keepalive)
    if (settings.keepaliveMs === 0) return
    keepalive = setInterval(() => {
      if (client === undefined || misbehaviour.silent) return
      if (client.unansweredKeepalives >= mostMissedAcks) {
        client.socket.destroy()
        return
      }
      client.unansweredKeepalives += 1
      write(client, llrpMessage(types.keepalive, nextId(), client.version))
    }, settings.keepaliveMs)
    keepalive.unref()
  }

  function nextId(): number {
    lastId += 1
    return lastId
  }

  function event(version: number, part: Buffer, at = now()): Buffer {
    return eventMessage({ id: nextId(), version }, model, stampOf(at), part)
  }

  /** An event that the client asked for; one that it does not listen to is not told later. */
  function tell(type: number, part: Buffer, at = now()): void {
    if (client?.enabled === true && settings.wantedEvents.has(type)) write(client, event(client.version, part, at))
  }

  function tellRun(id: number, starts: boolean): void {
    tell(eventTypes.roSpec, long(parts.roSpecEvent, unsigned(8, starts ? 0 : 1), unsigned(32, id), unsigned(32, 0)))
  }

  /** Microseconds of its own clock. */
  function stampOf(at: number): bigint {
    const ms = hasUtcClock ? at + misbehaviour.clockOffsetMs : at - bootedAt
    return BigInt(Math.max(0, Math.round(ms * 1000)))
  }

  function write(to: Client, frame: Buffer): void {
    for (const bytes of onTheWire(frame, misbehaviour, spoilLength, random)) to.socket.write(bytes)
  }

  /** Sends what waits, while the network takes it; `all`: also what is less than a report should hold. */
  function pump(all = false): void {
    const to = client
    const spec = settings.reporting
    if (to === undefined || misbehaviour.silent) return
    const least = all ? 1 : (spec?.reportEvery ?? 1)
    while (spec !== undefined && to.enabled && to.underWay.length === 0 && buffer.length >= least) {
      const frames: Buffer[] = []
      let used = 0
      for (let bytes = 0; bytes < longestWriteBytes && buffer.length - used >= least; ) {
        const some = buffer.slice(used, used + Math.min(spec.reportEvery, mostInOneReport))
        const tags = some.map((tag) => tagReportData(tag, spec.content, model))
        const frame = llrpMessage(types.report, nextId(), to.version, ...tags)
        frames.push(frame)
        used += some.length
        bytes += frame.length
      }
      send(to, frames, buffer.splice(0, used))
    }
    // Nothing to report, and says so.
    if (all && to.enabled && to.underWay.length === 0) write(to, llrpMessage(types.report, nextId(), to.version))
  }

  function send(to: Client, frames: readonly Buffer[], sightings: readonly Stamped[]): void {
    if (misbehaviour === wellBehaved) to.socket.write(Buffer.concat(frames))
    else for (const frame of frames) write(to, frame)
    if (to.socket.writableLength === 0) {
      counters.reported += sightings.length
      return
    }
    // The network did not take all of it at once: if the connection ends before it has, nobody got it whole.
    to.underWay = sightings
    to.socket.write('', (error) => {
      if (error || client !== to || to.underWay !== sightings) return
      counters.reported += sightings.length
      to.underWay = []
      pump()
    })
  }

  /** A passive tag answers by as much less as it is lit less. */
  function heardOf(sighting: Sighting): readonly Sighting[] {
    const less = isFaint ? fullPowerDbm - settings.powerDbm(sighting.antenna) : 0
    if (less === 0) return [sighting]
    const rssiDbm = sighting.rssiDbm - less
    return rssiDbm < weakestDbm ? [] : [{ ...sighting, rssiDbm }]
  }

  function listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        resolve()
      })
    })
  }

  async function plug(): Promise<void> {
    if (isPlugged) return
    isPlugged = true
    await listen()
    const address = server.address()
    if (typeof address === 'object' && address !== null) port = address.port
  }

  async function unplug(): Promise<void> {
    if (!isPlugged) return
    isPlugged = false
    const closed = new Promise((resolve) => server.close(resolve))
    const cut = client
    if (cut !== undefined) {
      cut.socket.destroy()
      lose(cut)
    }
    await closed
  }

  return {
    id: options.id,
    get port() {
      return port
    },
    get counters() {
      const waiting = buffer.length + (client?.underWay.length ?? 0)
      return { ...counters, waiting, roSpecsAdded: settings.roSpecsAdded }
    },
    see(sightings) {
      const ports = settings.running?.antennas
      if (ports === undefined || (client === undefined && !settings.holds)) return []
      const seen = sightings
        .filter(({ antenna }) => ports.includes(0) || ports.includes(antenna))
        .flatMap((one) => heardOf(one))
      for (const { at, epc, antenna, rssiDbm } of seen) {
        const phase = Math.floor(random() * 4096)
        const doppler = Math.round((random() - 0.5) * 320)
        buffer.push({ epc, antenna, rssiDbm, stamp: stampOf(at), phase, doppler })
      }
      const tooMany = buffer.length - room
      if (tooMany > 0) {
        buffer.splice(0, tooMany)
        if (counters.overflowed === 0) tell(eventTypes.buffer, long(parts.overflowEvent))
        counters.overflowed += tooMany
      }
      pump()
      return seen
    },
    powerDbm: (antennaPort) => settings.powerDbm(antennaPort),
    misbehave(change) {
      misbehaviour = { ...misbehaviour, ...change }
      pump()
    },
    plug,
    unplug,
    reboot() {
      const lost = client
      client = undefined
      lost?.socket.destroy()
      clearInterval(keepalive)
      settings = llrpSettings(model, tellRun)
      buffer = []
      bootedAt = now()
    },
    antenna(antennaPort, isConnected) {
      tell(eventTypes.antenna, long(parts.antennaEvent, unsigned(8, isConnected ? 1 : 0), unsigned(16, antennaPort)))
    },
    input(inputPort, isHigh, at) {
      tell(eventTypes.input, long(parts.inputEvent, unsigned(16, inputPort), unsigned(8, isHigh ? 0x80 : 0)), at)
      clearTimeout(inputTimer)
      const longestMs = settings.input(inputPort, isHigh)
      if (longestMs > 0) inputTimer = setTimeout(settings.endOfInput, longestMs).unref()
    },
    async close() {
      clearInterval(keepalive)
      clearTimeout(inputTimer)
      await unplug()
    },
  }
}

/** A length that is one too long: the message swallows the first byte of the next. */
function spoilLength(frame: Uint8Array): Uint8Array {
  const spoilt = Buffer.from(frame)
  spoilt.writeUInt32BE(frame.length + 1, 2)
  return spoilt
}
