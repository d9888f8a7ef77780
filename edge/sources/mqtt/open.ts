import { readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt'
import { backoffMs, failuresAfter, lanBackoff } from '../../backoff.ts'
import { aborted, wait } from '../../wait.ts'
import type { ConfiguredSource, SourceContext } from '../configured.ts'
import { type DeviceWatch, watchDevices } from '../device-watch.ts'
import type { SourceEvents } from '../source.ts'
import type { MqttOptions } from './options.ts'
import { openReceipts } from './receipts.ts'
import { speakersOf } from './speaker.ts'
import { filterOf } from './topic.ts'

/**
 * Client of the site's broker. Messages are taken one by one, and acknowledged (QoS 1) when the records that came of
 * them are durable, so a full spool holds the broker back. A read that is merged into a window which is still open makes
 * no record yet: a killed gateway knows its tag and place, and not how often it was read in the last moments. Without a
 * `clientId` the session is clean: what is published while we are away is lost to us, and shows as devices that are
 * `down`. With one the broker keeps QoS 1 messages for us, and may send the last few twice.
 */
export function openMqtt(options: MqttOptions, context: SourceContext): ConfiguredSource {
  const speakerOf = speakersOf(options)
  return {
    readPointsOf: (device) => options.readPoints?.[device],
    speakerOf,
    source: {
      id: options.id,
      shape: 'message',
      async run(events, signal) {
        const watch = watchDevices(events.link)
        watch.expect(options.id, context.clock.monotonicMs())
        const clientId =
          options.clientId ?? `warepulse-${options.id}-${Math.floor(context.random() * 2 ** 32).toString(16)}`
        for (let failures = 0; !signal.aborted; ) {
          const { upMs, reason } = await connection(options, speakerOf, clientId, context, watch, events, signal)
          if (signal.aborted) return
          watch.allDown(reason)
          failures = failuresAfter(lanBackoff, failures, upMs)
          await wait(backoffMs(lanBackoff, failures, context.random), signal)
        }
      },
    },
  }
}

/** One connection, from the attempt to its end: how long it was up, and why it ended. */
async function connection(
  options: MqttOptions,
  speakerOf: ConfiguredSource['speakerOf'],
  clientId: string,
  { clock }: SourceContext,
  watch: DeviceWatch,
  events: SourceEvents,
  signal: AbortSignal,
): Promise<{ upMs: number; reason: string }> {
  let client: MqttClient
  try {
    client = mqtt.connect(options.url, {
      clientId,
      clean: options.clientId === undefined,
      reconnectPeriod: 0, // the back-off is ours
      protocolVersion: 4,
      connectTimeout: 5000,
      keepalive: options.keepaliveSeconds,
      resubscribe: false,
      log: () => undefined, // its own asks the environment at every line, and it has twenty a message
      ...(options.username === undefined ? {} : { username: options.username }),
      ...(options.passwordFile === undefined
        ? {}
        : { password: (await readFile(options.passwordFile, 'utf8')).trim() }),
    })
  } catch (error) {
    return { upMs: 0, reason: sentence(error) }
  }
  const broken = new AbortController()
  const fail = (reason: string) => broken.abort(reason)
  const until = AbortSignal.any([signal, broken.signal])
  let upAtMs: number | undefined

  client.on('error', (error) => fail(sentence(error)))
  client.on('close', () => fail('connection closed'))
  client.on('connect', () => {
    // A broker with a small window waits for our PUBACKs; Nagle's algorithm would hold all but the first back for 40 ms.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true)
    const filters = options.subscriptions.map(({ topic }) => filterOf(topic))
    client.subscribe(filters, { qos: 1 }, (error, granted) => {
      if (error !== null) return fail(sentence(error))
      const refused = granted?.find(({ qos }) => qos > 2)
      if (refused !== undefined) return fail(`not allowed to read ${refused.topic}`)
      upAtMs = clock.monotonicMs()
      watch.heard(options.id, upAtMs)
    })
  })
  const receipts = openReceipts(events.durable, (bytes) => {
    if (!until.aborted) client.stream.write(bytes)
  })
  // mqtt.js takes the next message when this is done, and acknowledges then; told of an error it only goes on. So
  // messages are taken one after the other, and acknowledged once stored.
  const acknowledgedLater = new Error('acknowledged when it is stored')
  client.handleMessage = (packet: IPublishPacket, done) => {
    const { topic, payload, retain, qos, messageId } = packet
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
    const taken = events.deliver({ bytes, at: clock.now(), channel: topic, retained: retain })
    const goOn = (valid: boolean) => {
      const device = valid && !retain ? speakerOf(topic)?.device : undefined
      if (device !== undefined) watch.heard(device, clock.monotonicMs())
      if (qos !== 1 || messageId === undefined) return done()
      receipts.owe(messageId)
      done(acknowledgedLater)
    }
    if (typeof taken === 'boolean') goOn(taken)
    else heldBack(taken).then(goOn, done)
  }
  /**
   * While we are held back nothing is read, answers to pings neither: without this the connection would be given up, and
   * with a clean session all that waits at the broker.
   */
  function heldBack(taken: Promise<boolean>): Promise<boolean> {
    const pinging = setInterval(() => {
      client.reschedulePing(true)
      client.sendPing()
    }, options.keepaliveSeconds * 300)
    return taken.finally(() => clearInterval(pinging))
  }

  while (!until.aborted) {
    if (options.silentAfterMs === undefined) await aborted(until)
    else {
      await wait(Math.min(1000, options.silentAfterMs / 4), until)
      if (upAtMs !== undefined) watch.checkSilence(clock.monotonicMs(), options.silentAfterMs, options.id)
    }
  }
  const upMs = upAtMs === undefined ? 0 : clock.monotonicMs() - upAtMs
  await client.endAsync(broken.signal.aborted)
  return { upMs, reason: String(broken.signal.reason ?? 'stopped') }
}

function sentence(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error)
}
