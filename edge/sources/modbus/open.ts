import { backoffMs, failuresAfter, lanBackoff } from '../../backoff.ts'
import { planReads, type Read } from '../../decoders/modbus/plan-reads.ts'
import { registersDecoder } from '../../decoders/modbus/registers.ts'
import { wait } from '../../wait.ts'
import type { ConfiguredSource, SourceContext } from '../configured.ts'
import { type DeviceWatch, watchDevices } from '../device-watch.ts'
import { waitForReplug } from '../replug.ts'
import type { SourceEvents } from '../source.ts'
import { type Bus, type BusAnswer, openBus } from './bus.ts'
import { type ModbusOptions, registersOfSlave, type Slave } from './options.ts'
import { answered, nextTurn, type Turn, timedOut } from './schedule.ts'

/** How often a missing port is looked for, and a present one is checked to be still the same. */
const lookEveryMs = 1000
/** Wrong answers in a row (noise, exceptions) until a slave counts as down. */
const wrongAnswersUntilDown = 3

interface SlaveTurn extends Turn {
  readonly slave: Slave
  readonly reads: readonly Read[]
  wrongAnswers: number
}

/**
 * Sensors on an RS-485 bus or behind Modbus TCP, asked one after the other; the channel of a delivery is the sensor's
 * id, its bytes are those of all registers that the sensor was asked for.
 */
export function openModbus(options: ModbusOptions, context: SourceContext): ConfiguredSource {
  const decoders = new Map(options.slaves.map((slave) => [slave.sensor, registersDecoder(registersOfSlave(slave))]))
  return {
    readPointsOf: () => undefined,
    speakerOf(channel) {
      const protocol = channel === undefined ? undefined : decoders.get(channel)
      return channel === undefined || protocol === undefined ? undefined : { device: channel, protocol }
    },
    source: {
      id: options.id,
      shape: 'message',
      async run(events, signal) {
        const watch = watchDevices(events.link)
        for (let failures = 0; !signal.aborted; ) {
          const openedAtMs = context.clock.monotonicMs()
          const broken = new AbortController()
          const bus = await openBus(options, (reason) => broken.abort(reason))
          if (typeof bus === 'string') broken.abort(bus)
          else await poll(bus, options, context, watch, events, AbortSignal.any([signal, broken.signal]), broken)
          if (signal.aborted) return
          for (const { sensor } of options.slaves) watch.down(sensor, String(broken.signal.reason))
          failures = failuresAfter(lanBackoff, failures, context.clock.monotonicMs() - openedAtMs)
          const isNetwork = options.type === 'modbus-tcp'
          await wait(isNetwork ? backoffMs(lanBackoff, failures, context.random) : lookEveryMs, signal)
        }
      },
    },
  }
}

/** Asks the slaves in turn until the port fails, disappears, or the line stops; then closes the bus. */
async function poll(
  bus: Bus,
  options: ModbusOptions,
  { clock }: SourceContext,
  watch: DeviceWatch,
  events: SourceEvents,
  until: AbortSignal,
  broken: AbortController,
): Promise<void> {
  const startedAtMs = clock.monotonicMs()
  const turns = options.slaves.map(
    (slave): SlaveTurn => ({
      slave,
      reads: planReads(registersOfSlave(slave)),
      everyMs: slave.everyMs,
      dueAtMs: startedAtMs,
      dead: false,
      timeouts: 0,
      wrongAnswers: 0,
    }),
  )
  const replugged =
    options.type === 'modbus-rtu' &&
    waitForReplug(options.path, lookEveryMs, until).then((reason) => broken.abort(reason))

  for (;;) {
    const next = nextTurn(turns, clock.monotonicMs())
    if (next === undefined) break
    if (next.waitMs > 0) await wait(next.waitMs, until)
    if (until.aborted) break
    await ask(next.turn)
  }
  await Promise.all([replugged, bus.close()])

  async function ask(turn: SlaveTurn): Promise<void> {
    const { sensor, address } = turn.slave
    const answer = await readAll(bus, address, turn.reads)
    const nowMs = clock.monotonicMs()
    if (until.aborted && !answer.ok) return
    if (answer.ok) {
      answered(turn, nowMs)
      turn.wrongAnswers = 0
      const valid = await events.deliver({ bytes: answer.bytes, at: clock.now(), channel: sensor })
      if (valid) watch.heard(sensor, nowMs)
    } else if (answer.why === 'timeout') {
      timedOut(turn, nowMs, options.retryDeadAfterMs)
      if (turn.dead) watch.down(sensor, `no answer within ${options.timeoutMs} ms`)
    } else {
      answered(turn, nowMs)
      turn.wrongAnswers += 1
      if (turn.wrongAnswers >= wrongAnswersUntilDown) watch.down(sensor, answer.detail)
    }
  }
}

/** All that a slave is asked for, one answer behind the other; the first that fails ends it. */
async function readAll(bus: Bus, slave: number, reads: readonly Read[]): Promise<BusAnswer> {
  const answers: Uint8Array[] = []
  for (const read of reads) {
    const answer = await bus.read(slave, read)
    if (!answer.ok) return answer
    answers.push(answer.bytes)
  }
  return { ok: true, bytes: Uint8Array.from(answers.flatMap((bytes) => [...bytes])) }
}
