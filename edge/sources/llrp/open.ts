import type { Socket } from 'node:net'
import { backoffMs, failuresAfter, lanBackoff } from '../../backoff.ts'
import { readPointOf } from '../../clean/read-point.ts'
import { decodeMessage } from '../../decoders/llrp/decode.ts'
import { encodeMessage } from '../../decoders/llrp/encode.ts'
import { tellsInput } from '../../decoders/llrp/from-reader.ts'
import { message } from '../../decoders/llrp/make.ts'
import { decodeTagReport } from '../../decoders/llrp/tag-report.ts'
import { llrpFramer } from '../../framing/llrp.ts'
import type { ReaderDesk } from '../../power/open.ts'
import { isSameWish, type ReaderCan } from '../../power/reader-power.ts'
import { aborted, wait } from '../../wait.ts'
import type { ConfiguredSource, SourceContext } from '../configured.ts'
import { watchDevices } from '../device-watch.ts'
import type { LinkReport, SourceEvents } from '../source.ts'
import type { Capabilities } from './capabilities.ts'
import type { Notice } from './notices.ts'
import type { LlrpOptions } from './options.ts'
import { noteGreeting, noteHeldBack, noteStamp, offsetOf, type ReaderClock, unknownClock } from './reader-clock.ts'
import { antennasOf, configuredDbm, type RoSpec, roSpecOf } from './rospec.ts'
import { beginSession, close, heard, type Session, type SessionOrder, type Step, take, tick } from './session.ts'
import { openSocket } from './socket.ts'

const reportType = 61
const fetchEveryMs = 1000
/** How often a report is looked into for the reader's clock. */
const clockEveryMs = 1000
/** A delivery that took longer was held back by a full spool. */
const heldBackMs = 100

/**
 * Client of one LLRP reader. What the reader has kept while nobody was connected is fetched first; a stop says good-bye,
 * so that nothing is under way when the connection ends, and what is read from then on is kept by readers that can. What
 * a reader had handed to its network when a cable was pulled is lost: LLRP acknowledges no report.
 *
 * A connection on which anything came that is no message is out of step, and opened anew.
 */
export function openLlrp(options: LlrpOptions, context: SourceContext): ConfiguredSource {
  const speaker = { device: options.id, protocol: 'llrp' } as const
  return {
    readPointsOf: () => options.readPoints,
    speakerOf: () => speaker,
    source: {
      id: options.id,
      shape: 'message',
      async run(events, signal) {
        const reader = watchReader(options.id, context, events)
        const desk = context.power?.reader(options.id)
        for (let failures = 0; !signal.aborted; ) {
          const { upMs, reason } = await connection(options, context, reader, desk, events, signal)
          if (signal.aborted) return
          desk?.gone()
          reader.down(reason)
          failures = failuresAfter(lanBackoff, failures, upMs)
          await wait(backoffMs(lanBackoff, failures, context.random), signal)
        }
      },
    },
  }
}

type WatchedReader = ReturnType<typeof watchReader>

/** State and clock of the reader, told on change, over all its connections. */
function watchReader(id: string, { clock }: SourceContext, events: SourceEvents) {
  let readerClock: ReaderClock = unknownClock
  let offsetMs = 0
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let isUp = false
  const link = (report: LinkReport) => {
    isUp = report.state === 'up'
    events.link(isUp && offsetMs !== 0 ? { ...report, clockOffsetMs: offsetMs } : report)
  }
  const watch = watchDevices(link)

  function measure(): void {
    const before = offsetMs
    offsetMs = offsetOf(readerClock, clock.now() - clock.monotonicMs(), before)
    if (offsetMs === before || !isUp) return // told when it is up
    const reason = offsetMs === 0 ? 'its clock is right' : `${offsetMs} ms are added to the stamps of its clock`
    link({ device: id, state: 'up', reason })
  }

  return {
    expect: () => watch.expect(id, clock.monotonicMs()),
    heard: () => watch.heard(id, clock.monotonicMs()),
    down: (reason: string) => watch.down(id, reason),
    checkSilence: (silentAfterMs: number) => watch.checkSilence(clock.monotonicMs(), silentAfterMs),
    trouble: (sentence: string) => link({ device: id, state: 'up', reason: sentence }),
    /** An antenna is told of as `<reader>.<port>`, like one that reads too little. */
    antenna({ port, isConnected }: Extract<Notice, { kind: 'antenna' }>) {
      const reason = `the reader says that it is ${isConnected ? 'connected' : 'disconnected'}`
      events.link({ device: `${id}.${port}`, state: isConnected ? 'up' : 'down', reason })
    },
    clock: () => ({ counts: readerClock.counts, offsetMs }),
    heldBack() {
      readerClock = noteHeldBack(readerClock)
    },
    noteTime({ counts, stampMs, isGreeting }: Extract<Notice, { kind: 'time' }>) {
      const nowMs = clock.monotonicMs()
      readerClock = isGreeting ? noteGreeting(counts, stampMs, nowMs) : noteStamp(readerClock, stampMs, nowMs)
      measure()
    },
    /** Looks into a report now and then. */
    noteReport(frame: Uint8Array) {
      const nowMs = clock.monotonicMs()
      if (nowMs - lookedAtMs < clockEveryMs) return
      lookedAtMs = nowMs
      const unstamped = -1
      const deviceClock = { counts: readerClock.counts, offsetMs: 0 }
      const report = decodeTagReport(frame, { device: id, at: unstamped, deviceClock })
      if (!report.ok) return
      const newest = Math.max(...report.value.map((reading) => (reading.type === 'tag' ? reading.at : unstamped)))
      if (newest > 0) readerClock = noteStamp(readerClock, newest, nowMs)
      measure()
    },
  }
}

/** One connection, from the attempt to its end: how long the reader read, and why it ended. */
async function connection(
  options: LlrpOptions,
  { clock }: SourceContext,
  reader: WatchedReader,
  desk: ReaderDesk | undefined,
  events: SourceEvents,
  signal: AbortSignal,
): Promise<{ upMs: number; reason: string }> {
  let socket: Socket
  try {
    socket = await openSocket(options, signal)
  } catch (error) {
    return { upMs: 0, reason: sentence(error) }
  }
  const broken = new AbortController()
  const fail = (reason: string) => broken.abort(reason)
  const order = orderOf(options, desk)
  const framer = llrpFramer()
  let session: Session = beginSession(clock.monotonicMs())
  let readingSinceMs: number | undefined
  let heldSinceMs: number | undefined
  let delivering: Promise<void> = Promise.resolve()

  socket.on('error', (error) => fail(sentence(error)))
  socket.on('close', () => fail('the reader closed the connection'))
  socket.on('data', (bytes: Buffer) => {
    socket.pause() // one chunk at a time; meanwhile TCP holds the reader back
    delivering = takeBytes(bytes).then(() => {
      if (!broken.signal.aborted) socket.resume()
    })
  })

  async function takeBytes(bytes: Buffer): Promise<void> {
    const at = clock.now()
    const frames: Uint8Array[] = []
    let refusal: string | undefined
    framer.push(
      bytes,
      (frame) => frames.push(frame.slice()),
      (reason) => {
        refusal ??= reason
      },
    )
    for (const frame of frames) await takeFrame(frame, at)
    if (refusal === undefined) return
    await events.deliver({ bytes, at }) // refused there, counted, and a sample kept
    fail(`what came is no LLRP (${refusal})`)
  }

  async function takeFrame(frame: Uint8Array, at: number): Promise<void> {
    const type = (((frame[0] ?? 0) & 0x03) << 8) | (frame[1] ?? 0)
    const decoded = type === reportType ? undefined : decodeMessage(frame)
    if (decoded?.ok === true) {
      follow(take(session, decoded.value, order, clock.monotonicMs()))
      if (session.phase === 'reading') reader.heard()
      if (!tellsInput(decoded.value)) return
      await events.deliver({ bytes: frame, at, deviceClock: reader.clock() })
      return
    }
    reader.noteReport(frame)
    heldSinceMs = clock.monotonicMs()
    const valid = await events.deliver({ bytes: frame, at, deviceClock: reader.clock() })
    const nowMs = clock.monotonicMs()
    if (nowMs - heldSinceMs > heldBackMs) reader.heldBack()
    heldSinceMs = undefined
    session = heard(session, nowMs)
    if (valid && session.phase === 'reading') reader.heard()
  }

  function follow(step: Step): void {
    session = step.session
    for (const one of step.send) socket.write(encodeMessage(one))
    for (const notice of step.notices) {
      if (notice.kind === 'time') reader.noteTime(notice)
      else if (notice.kind === 'antenna') reader.antenna(notice)
      else if (notice.kind === 'trouble') reader.trouble(notice.sentence)
      else if (notice.kind === 'over') fail(notice.reason)
      else if (notice.kind === 'refused') desk?.refused(notice.reason)
      else if (notice.kind === 'reading') {
        readingSinceMs = clock.monotonicMs()
        desk?.connected(canOf(options, session))
      }
    }
    // Every request of its set-up is answered: it sends by the ROSpec that it was given last.
    const { phase, asked, roSpec } = session
    if (phase === 'reading' && asked === undefined && roSpec !== undefined) desk?.applied(roSpec.wanted)
  }

  reader.expect()
  const tickMs = Math.min(250, order.keepaliveMs / 4)
  const closed = aborted(AbortSignal.any([signal, broken.signal])).then(() => {
    if (!broken.signal.aborted) follow(close(session, clock.monotonicMs()))
  })
  let assuredAtMs = clock.monotonicMs()
  while (!broken.signal.aborted) {
    await wait(tickMs, broken.signal)
    const nowMs = clock.monotonicMs()
    if (heldSinceMs === undefined) {
      follow(tick(session, order, nowMs))
      reader.checkSilence(2 * order.keepaliveMs)
    } else if (nowMs - assuredAtMs >= order.keepaliveMs) {
      // The reader's keep-alives wait behind what we cannot take yet: it must not think that we are gone.
      assuredAtMs = nowMs
      socket.write(encodeMessage(message('KEEPALIVE_ACK', { version: session.version, id: 0 })))
    }
  }
  socket.removeAllListeners('data')
  await Promise.all([closed, delivering])
  socket.destroy()
  const upMs = readingSinceMs === undefined ? 0 : clock.monotonicMs() - readingSinceMs
  return { upMs, reason: String(broken.signal.reason) }
}

const noWish: ReadonlyMap<number, number> = new Map()

function orderOf(options: LlrpOptions, desk: ReaderDesk | undefined): SessionOrder {
  let made: { readonly of: Capabilities; readonly roSpec: RoSpec } | undefined
  return {
    keepaliveMs: Math.round(options.keepaliveSeconds * 1000),
    wants11: options.protocolVersion === '1.1',
    fetchEveryMs: options.reportEveryTags > 1 ? fetchEveryMs : undefined,
    inputs: [...new Set([...(options.gpi === undefined ? [] : [options.gpi.port]), ...options.inputs])],
    toldInputs: options.inputs,
    roSpecFor(capabilities) {
      const wanted = desk?.wanted() ?? noWish
      if (made?.of !== capabilities || !isSameWish(made.roSpec.wanted, wanted))
        made = { of: capabilities, roSpec: roSpecOf(options, capabilities, wanted) }
      return made.roSpec
    },
  }
}

/** What a connected reader says that it can. */
function canOf(options: LlrpOptions, { capabilities, ownPowers }: Session): ReaderCan {
  if (capabilities === undefined) return { levelsDbm: [], antennas: [] }
  const antennas = antennasOf(options, capabilities).map((one) => {
    const { port } = one
    const fileDbm = configuredDbm(one, capabilities)
    const ownDbm = ownPowers.get(port)
    return {
      antenna: port,
      readPoint: readPointOf(options.id, port, options.readPoints),
      ...(fileDbm === undefined ? {} : { fileDbm }),
      ...(ownDbm === undefined ? {} : { ownDbm }),
    }
  })
  return { levelsDbm: [...capabilities.powers.values()].sort((a, b) => a - b), antennas }
}

function sentence(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error)
}
