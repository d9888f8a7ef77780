import { antennaParts, capabilityParts, dbmOf, type LlrpModel, ownLevel, statusPart } from './llrp-answers.ts'
import { type LlrpMessage, llrpMessage, parametersIn, unsigned } from './llrp-bytes.ts'
import { type RoSpecGiven, readRoSpec } from './llrp-rospec.ts'

/** What clients have told a reader, and what it forgets with its power. */
export interface LlrpSettings {
  /** 0 = none. */
  readonly keepaliveMs: number
  /** Events and reports wait for a client that asks for them. */
  readonly holds: boolean
  readonly wantedEvents: ReadonlySet<number>
  /** ROSpecs that it was ever given. */
  readonly roSpecsAdded: number
  /** The ROSpec by which it reads now. */
  readonly running: RoSpecGiven | undefined
  /** By which its reports are made: the running one, or one that has run. */
  readonly reporting: RoSpecGiven | undefined
  /** dBm that an antenna sends with. */
  powerDbm(antenna: number): number
  /** Does as the message asks. Its answer; `undefined` where that is no matter of settings. */
  obey(message: LlrpMessage, version: number): Buffer | undefined
  /** A level at one of the reader's inputs starts or ends what waits for it; how long that may last, 0 = for ever. */
  input(port: number, isHigh: boolean): number
  /** Ends what an input has started. */
  endOfInput(): void
}

type State = 0 | 1 | 2 // disabled, inactive, active

const types = {
  getCapabilities: 1,
  getConfig: 2,
  setConfig: 3,
  addRoSpec: 20,
  deleteRoSpec: 21,
  startRoSpec: 22,
  stopRoSpec: 23,
  enableRoSpec: 24,
  disableRoSpec: 25,
  getRoSpecs: 26,
  custom: 1023,
} as const
const parts = { keepalive: 220, hold: 226, events: 244 } as const
const status = { parameterError: 100, noSuchRoSpec: 102 } as const
const impinj = { vendor: 25882, enableExtensions: 21 } as const

/** `ran`: a ROSpec was started or ended. */
export function llrpSettings(model: LlrpModel, ran: (id: number, starts: boolean) => void): LlrpSettings {
  const roSpecs = new Map<number, { readonly given: RoSpecGiven; state: State }>()
  let keepaliveMs = 0
  let holds = false
  let wantedEvents: ReadonlySet<number> = new Set()
  let roSpecsAdded = 0

  function configure(body: Buffer): void {
    for (const { type, body: value } of parametersIn(body.subarray(1))) {
      if (type === parts.keepalive) keepaliveMs = value[0] === 1 ? value.readUInt32BE(1) : 0
      else if (type === parts.hold) holds = isSet(value, 0)
      else if (type === parts.events) {
        const wanted = parametersIn(value).filter((one) => isSet(one.body, 2))
        wantedEvents = new Set(wanted.map((one) => one.body.readUInt16BE(0)))
      }
    }
  }

  function add(body: Buffer): Buffer {
    const [spec] = parametersIn(body)
    const given = spec === undefined ? undefined : readRoSpec(spec)
    if (given === undefined) return statusPart(status.parameterError, 'no ROSpec')
    if (roSpecs.has(given.id)) return statusPart(status.parameterError, 'the ROSpec exists')
    const isKnown = (level: number) =>
      model.hasPowerLevels && (dbmOf(level) ?? Number.POSITIVE_INFINITY) <= model.mostDbm
    if (![...given.powers.values()].every(isKnown)) return statusPart(status.parameterError, 'no such power level')
    roSpecsAdded += 1
    roSpecs.set(given.id, { given, state: 0 })
    return statusPart()
  }

  function manage(type: number, id: number): Buffer {
    if (type === types.deleteRoSpec && id === 0) {
      roSpecs.clear()
      return statusPart()
    }
    const spec = roSpecs.get(id)
    if (spec === undefined) return statusPart(status.noSuchRoSpec, 'no such ROSpec')
    if (type === types.deleteRoSpec) roSpecs.delete(id)
    else if (type === types.enableRoSpec) spec.state = 1
    else if (type === types.disableRoSpec) spec.state = 0
    else run(spec, type === types.startRoSpec)
    return statusPart()
  }

  function run(spec: { readonly given: RoSpecGiven; state: State }, starts: boolean): void {
    if (starts ? spec.state !== 1 : spec.state !== 2) return
    spec.state = starts ? 2 : 1
    ran(spec.given.id, starts)
  }

  function present(): readonly Buffer[] {
    return [...roSpecs.values()].map(({ given, state }) => {
      const bytes = Buffer.from(given.bytes)
      bytes[9] = state
      return bytes
    })
  }

  function answerTo({ type, body }: LlrpMessage): readonly Buffer[] | undefined {
    switch (type) {
      case types.getCapabilities:
        return [statusPart(), ...capabilityParts(model)]
      case types.getConfig:
        return [statusPart(), ...antennaParts(model)]
      case types.setConfig:
        configure(body)
        return [statusPart()]
      case types.addRoSpec:
        return [add(body)]
      case types.getRoSpecs:
        return [statusPart(), ...present()]
      case types.deleteRoSpec:
      case types.startRoSpec:
      case types.stopRoSpec:
      case types.enableRoSpec:
      case types.disableRoSpec:
        return [manage(type, body.readUInt32BE(0))]
      default:
        return undefined
    }
  }

  return {
    get keepaliveMs() {
      return keepaliveMs
    },
    get holds() {
      return holds
    },
    get wantedEvents() {
      return wantedEvents
    },
    get roSpecsAdded() {
      return roSpecsAdded
    },
    get running() {
      return [...roSpecs.values()].find(({ state }) => state === 2)?.given
    },
    get reporting() {
      return this.running ?? [...roSpecs.values()][0]?.given
    },
    powerDbm(antenna) {
      const told = this.running?.powers
      return dbmOf(told?.get(antenna) ?? told?.get(0) ?? ownLevel) ?? 0
    },
    obey(message, version) {
      const { type, id, body } = message
      const isExtension =
        type === types.custom && body.readUInt32BE(0) === impinj.vendor && body[4] === impinj.enableExtensions
      if (model.isImpinj && isExtension) {
        const said = [unsigned(32, impinj.vendor), unsigned(8, impinj.enableExtensions + 1), statusPart()]
        return llrpMessage(types.custom, id, version, ...said)
      }
      const answer = answerTo(message)
      return answer === undefined ? undefined : llrpMessage(type + 10, id, version, ...answer)
    },
    input(port, isHigh) {
      let longestMs = 0
      for (const spec of roSpecs.values()) {
        const { input } = spec.given
        if (input === undefined || input.port !== port) continue
        run(spec, input.startsHigh === isHigh)
        if (spec.state === 2) longestMs = input.longestMs
      }
      return longestMs
    },
    endOfInput() {
      for (const spec of roSpecs.values()) if (spec.given.input !== undefined) run(spec, false)
    },
  }
}

function isSet(bytes: Buffer, at: number): boolean {
  return ((bytes[at] ?? 0) & 0x80) !== 0
}
