import { wait } from '../../wait.ts'
import type { ConfiguredSource, SourceContext } from '../configured.ts'
import { type DeviceWatch, watchDevices } from '../device-watch.ts'
import { waitForReplug } from '../replug.ts'
import type { SourceEvents } from '../source.ts'
import { type Bus, openBus } from './bus.ts'
import { modbusModels } from './models.ts'
import type { ModbusRtuOptions, Slave } from './options.ts'
import { answered, nextTurn, type Turn, timedOut } from './schedule.ts'

/** How often a missing port is looked for, and a present one is checked to be still the same. */
const lookEveryMs = 1000
/** Wrong answers in a row (noise, exceptions) until a slave counts as down. */
const wrongAnswersUntilDown = 3

interface SlaveTurn extends Turn {
  readonly slave: Slave
  wrongAnswers: number
}

/** Sensors on an RS-485 bus, asked one after the other; the channel of a delivery is the sensor's id. */
export function openModbusRtu(options: ModbusRtuOptions, context: SourceContext): ConfiguredSource {
  const models = new Map(options.slaves.map(({ sensor, model }) => [sensor, modbusModels[model]]))
  return {
    readPointsOf: () => undefined,
    speakerOf(channel) {
      const model = channel === undefined ? undefined : models.get(channel)
      return channel === undefined || model === undefined ? undefined : { device: channel, protocol: model.protocol }
    },
    source: {
      id: options.id,
      shape: 'message',
      async run(events, signal) {
        const watch = watchDevices(events.link)
        while (!signal.aborted) {
          const broken = new AbortController()
          const bus = await openBus(options, (reason) => broken.abort(reason))
          if (typeof bus === 'string') broken.abort(bus)
          else await poll(bus, options, context, watch, events, AbortSignal.any([signal, broken.signal]), broken)
          if (signal.aborted) return
          for (const { sensor } of options.slaves) watch.down(sensor, String(broken.signal.reason))
          await wait(lookEveryMs, signal)
        }
      },
    },
  }
}

/** Asks the slaves in turn until the port fails, disappears, or the line stops; then closes the bus. */
async function poll(
  bus: Bus,
  options: ModbusRtuOptions,
  { clock }: SourceContext,
  watch: DeviceWatch,
  events: SourceEvents,
  until: AbortSignal,
  broken: AbortController,
): Promise<void> {
  const startedAtMs = clock.monotonicMs()
  const turns = options.slaves.map(
    (slave): SlaveTurn => ({ slave, everyMs: slave.everyMs, dueAtMs: startedAtMs, dead: false, wrongAnswers: 0 }),
  )
  const replugged = waitForReplug(options.path, lookEveryMs, until).then((reason) => broken.abort(reason))

  for (;;) {
    const next = nextTurn(turns, clock.monotonicMs())
    if (next === undefined) break
    if (next.waitMs > 0) await wait(next.waitMs, until)
    if (until.aborted) break
    await ask(next.turn)
  }
  await Promise.all([replugged, bus.close()])

  async function ask(turn: SlaveTurn): Promise<void> {
    const { sensor, address, model } = turn.slave
    const { firstRegister, registers } = modbusModels[model]
    const answer = await bus.read(address, firstRegister, registers)
    const nowMs = clock.monotonicMs()
    if (until.aborted && !answer.ok) return
    if (answer.ok) {
      answered(turn, nowMs)
      turn.wrongAnswers = 0
      const valid = await events.deliver({ bytes: answer.bytes, at: clock.now(), channel: sensor })
      if (valid) watch.heard(sensor, nowMs)
    } else if (answer.why === 'timeout') {
      timedOut(turn, nowMs, options.retryDeadAfterMs)
      watch.down(sensor, `no answer within ${options.timeoutMs} ms`)
    } else {
      answered(turn, nowMs)
      turn.wrongAnswers += 1
      if (turn.wrongAnswers >= wrongAnswersUntilDown) watch.down(sensor, answer.detail)
    }
  }
}
