import { type Conversation, conversation } from '../../commands/conversation.ts'
import type { ReaderSettings } from '../../commands/dialect.ts'
import { patternDecoder } from '../../decoders/pattern-lines.ts'
import { aborted, wait } from '../../wait.ts'
import type { ConfiguredSource, ReaderCommands, SourceContext } from '../configured.ts'
import { type DeviceWatch, watchDevices } from '../device-watch.ts'
import { waitForReplug } from '../replug.ts'
import type { Delivery, SourceEvents } from '../source.ts'
import type { SerialOptions } from './options.ts'
import { closePort, openPort, type SerialPort, writePort } from './port.ts'

/** How often a missing port is looked for, and a present one is checked to be still the same. */
const lookEveryMs = 1000
/** How often it is looked whether something is to be said, or has not been heard. */
const tickMs = 50
/** A reader that we speak to answers even when there is no tag. */
const spokenToSilentAfterMs = 10_000

/** A reader on a serial port: opened, told to read, watched and reopened until stopped. */
export function openSerial(options: SerialOptions, context: SourceContext): ConfiguredSource {
  const protocol = options.pattern === undefined ? options.protocol : patternDecoder(new RegExp(options.pattern))
  return {
    readPointsOf: () => options.readPoints,
    speakerOf: () => ({ device: options.id, protocol }),
    source: {
      id: options.id,
      shape: 'stream',
      async run(events, signal) {
        const watch = watchDevices(events.link)
        while (!signal.aborted) {
          const port = await openPort(options.path, options.baudRate)
          const ended = typeof port === 'string' ? port : await serve(port, options, context, watch, events, signal)
          // A port that is opened anew because nothing was heard is no other state of its reader.
          if (ended === 'silent') continue
          if (!signal.aborted) watch.down(options.id, ended)
          await wait(lookEveryMs, signal)
        }
      },
    },
  }
}

/**
 * Reads until the port fails, disappears, nothing valid was heard for too long, or `signal` aborts; closes it; answers
 * why it ended.
 */
async function serve(
  port: SerialPort,
  options: SerialOptions,
  { clock, commandsOf }: SourceContext,
  watch: DeviceWatch,
  events: SourceEvents,
  signal: AbortSignal,
): Promise<string> {
  const broken = new AbortController()
  const until = AbortSignal.any([signal, broken.signal])
  const fail = (reason: string) => broken.abort(reason)
  port.on('error', (error) => fail(error.message))
  port.on('close', () => fail('port closed'))

  const commands = options.active ? commandsOf(options.protocol) : undefined
  const talk = commands === undefined ? undefined : openTalk(commands, options)
  const speak = () => {
    const bytes = talk?.conversation.due(clock.monotonicMs())
    if (bytes !== undefined && port.isOpen) port.write(bytes, (error) => error && fail(error.message))
  }

  async function take(delivery: Delivery): Promise<void> {
    if (await events.deliver(delivery)) watch.heard(options.id, clock.monotonicMs())
    if (!until.aborted) port.resume()
  }
  let delivering: Promise<void> = Promise.resolve()
  port.on('data', (bytes: Buffer) => {
    port.pause() // one delivery at a time; meanwhile the kernel holds the device back
    talk?.hear(bytes, clock.monotonicMs())
    speak()
    delivering = take({ bytes, at: clock.now() })
  })

  const silentAfterMs = options.silentAfterMs ?? (talk === undefined ? undefined : spokenToSilentAfterMs)
  watch.expect(options.id, clock.monotonicMs())
  // Where silence is not watched, an open port is all the health there is.
  if (silentAfterMs === undefined) watch.heard(options.id, clock.monotonicMs())

  const replugged = waitForReplug(options.path, lookEveryMs, until).then(fail)
  while (!until.aborted && (talk !== undefined || silentAfterMs !== undefined)) {
    speak()
    await wait(tickMs, until)
    if (silentAfterMs === undefined) continue
    const nowMs = clock.monotonicMs()
    watch.checkSilence(nowMs, silentAfterMs)
    // A port can be dead without a word. Opening it anew mends that, and a driver that got stuck.
    if (nowMs - (watch.heardAtMs(options.id) ?? 0) >= silentAfterMs) fail('silent')
  }
  await aborted(until)

  port.removeAllListeners('data')
  if (signal.aborted && commands?.dialect.stop !== undefined) await writePort(port, commands.dialect.stop)
  await Promise.all([delivering, replugged, closePort(port)])
  return String(broken.signal.reason ?? 'stopped')
}

/** The conversation, and its own ear: what a command brought about shows in whole frames only. */
function openTalk(
  { dialect, framer }: ReaderCommands,
  settings: ReaderSettings,
): { readonly conversation: Conversation; hear(bytes: Uint8Array, nowMs: number): void } {
  const ear = framer()
  const spoken = conversation(dialect, settings)
  return {
    conversation: spoken,
    hear: (bytes, nowMs) =>
      ear.push(
        bytes,
        (frame) => spoken.heard(frame, nowMs),
        () => {}, // counted where the bytes are delivered to
      ),
  }
}
