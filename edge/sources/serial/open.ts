import { aborted, wait } from '../../wait.ts'
import type { ConfiguredSource, SourceContext } from '../configured.ts'
import { type DeviceWatch, watchDevices } from '../device-watch.ts'
import { waitForReplug } from '../replug.ts'
import type { SourceEvents } from '../source.ts'
import type { SerialOptions } from './options.ts'
import { closePort, openPort, type SerialPort } from './port.ts'

/** How often a missing port is looked for, and a present one is checked to be still the same. */
const lookEveryMs = 1000
/** A reader whose inventory we started answers even when there is no tag. */
const polledSilentAfterMs = 10_000

/** A reader on a serial port: opened, watched and reopened until stopped. */
export function openSerial(options: SerialOptions, context: SourceContext): ConfiguredSource {
  return {
    readPointsOf: () => options.readPoints,
    speakerOf: () => ({ device: options.id, protocol: options.protocol }),
    source: {
      id: options.id,
      shape: 'stream',
      async run(events, signal) {
        const watch = watchDevices(events.link)
        while (!signal.aborted) {
          const port = await openPort(options.path, options.baudRate)
          const reason = typeof port === 'string' ? port : await serve(port, options, context, watch, events, signal)
          if (!signal.aborted) watch.down(options.id, reason)
          await wait(lookEveryMs, signal)
        }
      },
    },
  }
}

/** Reads until the port fails, disappears, or `signal` aborts; closes it; answers why it ended. */
async function serve(
  port: SerialPort,
  options: SerialOptions,
  { clock, startCommand }: SourceContext,
  watch: DeviceWatch,
  events: SourceEvents,
  signal: AbortSignal,
): Promise<string> {
  const broken = new AbortController()
  const until = AbortSignal.any([signal, broken.signal])
  const fail = (reason: string) => broken.abort(reason)
  port.on('error', (error) => fail(error.message))
  port.on('close', () => fail('port closed'))

  const command = options.active ? startCommand(options.protocol) : undefined
  const start = () => {
    if (command !== undefined && port.isOpen) port.write(command, (error) => error && fail(error.message))
  }

  let delivering: Promise<unknown> = Promise.resolve()
  port.on('data', (bytes: Buffer) => {
    port.pause() // one delivery at a time; meanwhile the kernel holds the device back
    delivering = events.deliver({ bytes, at: clock.now() }).then((valid) => {
      if (valid) watch.heard(options.id, clock.monotonicMs())
      if (!until.aborted) port.resume()
    })
  })

  const silentAfterMs = options.silentAfterMs ?? (command === undefined ? undefined : polledSilentAfterMs)
  watch.expect(options.id, clock.monotonicMs())
  // Where silence is not watched, an open port is all the health there is.
  if (silentAfterMs === undefined) watch.heard(options.id, clock.monotonicMs())
  start()

  const replugged = waitForReplug(options.path, lookEveryMs, until).then(fail)
  let askedAtMs = clock.monotonicMs()
  while (!until.aborted && silentAfterMs !== undefined) {
    await wait(Math.min(250, silentAfterMs / 4), until)
    const nowMs = clock.monotonicMs()
    watch.checkSilence(nowMs, silentAfterMs)
    if (nowMs - Math.max(askedAtMs, watch.heardAtMs(options.id) ?? 0) < silentAfterMs) continue
    // A reader that lost power forgot the inventory. Asking again also brings out a port that is dead.
    askedAtMs = nowMs
    start()
  }
  await aborted(until)

  port.removeAllListeners('data')
  await Promise.all([delivering, replugged, closePort(port)])
  return String(broken.signal.reason ?? 'stopped')
}
