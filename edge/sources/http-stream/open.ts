import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request as requestTls } from 'node:https'
import { backoffMs, failuresAfter, lanBackoff } from '../../backoff.ts'
import { mappingDecoder } from '../../decoders/mapping/decode.ts'
import { request as requestPlain } from '../../node-http.ts'
import { wait } from '../../wait.ts'
import type { ConfiguredSource, SourceContext } from '../configured.ts'
import { type DeviceWatch, watchDevices } from '../device-watch.ts'
import type { SourceEvents } from '../source.ts'
import type { HttpStreamOptions } from './options.ts'

/** A reader that has not begun to answer by then is asked anew. */
const answerWithinMs = 5000

/**
 * One long answer of a reader's web server, asked for again whenever it ends. What is read while nobody listens is lost:
 * HTTP knows no acknowledgement, and the R700 keeps nothing. The reader is up when it answers; it has to be told to read
 * by its own settings.
 */
export function openHttpStream(options: HttpStreamOptions, context: SourceContext): ConfiguredSource {
  const protocol = options.mapping === undefined ? options.protocol : mappingDecoder(options.mapping, {})
  const speaker = protocol === undefined ? undefined : { device: options.id, protocol }
  return {
    readPointsOf: () => options.readPoints,
    speakerOf: () => speaker,
    source: {
      id: options.id,
      shape: 'stream',
      async run(events, signal) {
        const watch = watchDevices(events.link)
        for (let failures = 0; !signal.aborted; ) {
          const { upMs, reason } = await connection(options, context, watch, events, signal)
          if (signal.aborted) return
          watch.down(options.id, reason)
          failures = failuresAfter(lanBackoff, failures, upMs)
          await wait(backoffMs(lanBackoff, failures, context.random), signal)
        }
      },
    },
  }
}

/** One request, to its end: how long the answer lasted, and why it ended. */
async function connection(
  options: HttpStreamOptions,
  { clock }: SourceContext,
  watch: DeviceWatch,
  events: SourceEvents,
  signal: AbortSignal,
): Promise<{ upMs: number; reason: string }> {
  const { id, stalledAfterMs, silentAfterMs } = options
  const broken = new AbortController()
  const until = AbortSignal.any([signal, broken.signal])
  let upAtMs: number | undefined
  let heardAtMs = clock.monotonicMs()
  let isHeldBack = false

  const look = setInterval(() => {
    const nowMs = clock.monotonicMs()
    const patienceMs = upAtMs === undefined ? answerWithinMs : stalledAfterMs
    // While the spool holds us back we do not listen: that is not the reader's silence.
    if (!isHeldBack && nowMs - heardAtMs >= patienceMs) broken.abort(`nothing came for ${patienceMs} ms`)
    if (upAtMs !== undefined && silentAfterMs !== undefined && !isHeldBack) watch.checkSilence(nowMs, silentAfterMs)
  }, 250)
  let reason = 'the reader ended its answer'
  try {
    const answer = await ask(options, until)
    if (answer.statusCode !== 200) {
      answer.destroy()
      return { upMs: 0, reason: sentenceFor(answer.statusCode ?? 0) }
    }
    upAtMs = clock.monotonicMs()
    heardAtMs = upAtMs
    watch.heard(id, upAtMs)
    for await (const bytes of answer as AsyncIterable<Buffer>) {
      isHeldBack = true
      const valid = await events.deliver({ bytes, at: clock.now() })
      isHeldBack = false
      heardAtMs = clock.monotonicMs()
      if (valid) watch.heard(id, heardAtMs)
    }
  } catch (error) {
    reason = broken.signal.aborted
      ? String(broken.signal.reason)
      : error instanceof Error
        ? error.message
        : String(error)
  } finally {
    clearInterval(look)
  }
  return { upMs: upAtMs === undefined ? 0 : clock.monotonicMs() - upAtMs, reason }
}

/** Resolves with the head of the answer; `signal` ends both the asking and the answer. */
async function ask(options: HttpStreamOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, username, passwordFile, caFile } = options
  const password = passwordFile === undefined ? undefined : (await readFile(passwordFile, 'utf8')).trim()
  const ca = caFile === undefined ? undefined : await readFile(caFile)
  const request = url.startsWith('https:') ? requestTls : requestPlain
  return new Promise((resolve, reject) => {
    request(url, {
      agent: false, // a connection of its own, closed with its answer
      signal,
      headers: { accept: 'application/json' },
      ...(username === undefined ? {} : { auth: `${username}:${password ?? ''}` }),
      ...(ca === undefined ? {} : { ca }),
    })
      .on('response', resolve)
      .on('error', reject)
      .end()
  })
}

function sentenceFor(status: number): string {
  if (status === 401 || status === 403) return `the reader refuses us (${status}): check username and password`
  if (status === 404) return 'the reader knows no such address (404): check url'
  return `the reader answers ${status}`
}
