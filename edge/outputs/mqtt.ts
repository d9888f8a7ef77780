import { readFile } from 'node:fs/promises'
import mqtt, { type MqttClient } from 'mqtt'
import type { Clock, Random } from '../../shared/clock.ts'
import type { EdgeAlert } from '../../shared/record.ts'
import { backoffMs, failuresAfter, lanBackoff } from '../backoff.ts'
import type { Log } from '../log.ts'
import { aborted, wait } from '../wait.ts'
import type { MqttOutput } from './options.ts'
import { type CountOutput, keyOf, type Output } from './output.ts'
import { waitingStates } from './waiting.ts'

const mostSubjects = 10_000
const connectMs = 5_000

/**
 * What is raised stands at the broker as a retained message of its rule and subject; what is cleared is said once, and the
 * retained message goes. After every connection all that is raised is said again, for a broker may have forgotten it.
 */
export function openMqttOutput(
  options: MqttOutput,
  {
    clock,
    random,
    log,
    count,
  }: {
    readonly clock: Clock
    readonly random: Random
    readonly log: Pick<Log, 'info' | 'warn'>
    readonly count: CountOutput
  },
): Output {
  const { id, url } = options
  const raised = new Map<string, EdgeAlert>()
  const waiting = waitingStates(mostSubjects)
  let wake = () => {}

  function put(record: EdgeAlert): void {
    const lost = waiting.put(record)
    if (lost !== undefined) count(id, lost)
  }

  /** Says what waits until the connection ends; answers why it did. */
  async function serve(client: MqttClient, signal: AbortSignal): Promise<string> {
    const broken = new AbortController()
    client.on('error', (error) => broken.abort(error.message))
    client.on('close', () => broken.abort('connection closed'))
    const until = AbortSignal.any([signal, broken.signal])
    for (const record of raised.values()) put(record)
    while (!until.aborted) {
      const record = waiting.take()
      if (record === undefined) {
        const woken = new AbortController()
        wake = () => woken.abort()
        await aborted(AbortSignal.any([until, woken.signal]))
        continue
      }
      try {
        await publish(client, options.topic, record)
        count(id, 'done')
      } catch (thrown) {
        count(id, 'failed')
        // What was raised is said again on the next connection; what ended stands there until it is said.
        if (raised.get(keyOf(record)) === undefined) put(record)
        return sentence(thrown)
      }
    }
    return String(broken.signal.reason ?? 'stopped')
  }

  return {
    id,
    drive(record) {
      if (record.state === 'cleared') raised.delete(keyOf(record))
      else if (raised.size < mostSubjects) raised.set(keyOf(record), record)
      put(record)
      wake()
    },
    async run(signal) {
      for (let [failures, told] = [0, '']; !signal.aborted; ) {
        const startedMs = clock.monotonicMs()
        let reason: string
        try {
          const client = await connected(options, random)
          if (told !== '') log.info({ output: id }, `Connected to ${url} again.`)
          told = ''
          reason = await serve(client, signal)
          await client.endAsync(true)
        } catch (thrown) {
          reason = sentence(thrown)
        }
        if (signal.aborted) return
        if (reason !== told) log.warn({ output: id }, `The broker of an output cannot be reached: ${url}: ${reason}`)
        told = reason
        failures = failuresAfter(lanBackoff, failures, clock.monotonicMs() - startedMs)
        await wait(backoffMs(lanBackoff, failures, random), signal)
      }
    },
  }
}

async function connected({ id, url, username, passwordFile }: MqttOutput, random: Random): Promise<MqttClient> {
  const password = passwordFile === undefined ? undefined : (await readFile(passwordFile, 'utf8')).trim()
  return mqtt.connectAsync(
    url,
    {
      clientId: `warepulse-${id}-${Math.floor(random() * 2 ** 32).toString(16)}`,
      protocolVersion: 4,
      reconnectPeriod: 0, // the back-off is ours
      connectTimeout: connectMs,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    },
    false,
  )
}

async function publish(client: MqttClient, topic: string, record: EdgeAlert): Promise<void> {
  const { rule, subject, state, at, value, readPoint } = record
  const to = `${topic}/${rule}/${subject}`
  const payload = JSON.stringify({ v: 1, state, rule, subject, at, value, readPoint })
  await client.publishAsync(to, payload, { qos: 1, retain: state === 'raised' })
  if (state === 'cleared') await client.publishAsync(to, '', { qos: 1, retain: true })
}

function sentence(thrown: unknown): string {
  return thrown instanceof Error && thrown.message !== '' ? thrown.message : String(thrown)
}
