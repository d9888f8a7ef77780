import { encodeMessage } from '../../decoders/llrp/encode.ts'
import { message, parameter } from '../../decoders/llrp/make.ts'
import type { Fields, Parameter } from '../../decoders/llrp/message.ts'
import type { Capabilities } from './capabilities.ts'
import type { LlrpOptions } from './options.ts'

/** What a reader is told to do, and the number by which it is known there. */
export interface RoSpec {
  readonly id: number
  readonly spec: Parameter
  /** It is started by an input of the reader, not by us. */
  readonly startsByItself: boolean
  /** dBm by antenna that the board wanted when it was made. */
  readonly wanted: ReadonlyMap<number, number>
}

const trigger = { none: 0, gpi: 3, gpiOrTimeout: 2, everyTags: 1 } as const
const gen2 = 1

/**
 * The ROSpec that reads as configured. Its number is made of its content: the same number on a reader means that it
 * still does what is wanted, and nothing needs to be deleted, with all that it has kept for us.
 */
export function roSpecOf(
  options: LlrpOptions,
  capabilities: Capabilities,
  wanted: ReadonlyMap<number, number> = new Map(),
): RoSpec {
  const spec = (id: number) =>
    parameter(
      'ROSpec',
      { ROSpecID: id, Priority: 0, CurrentState: 0 },
      boundaryOf(options.gpi),
      aiSpecOf(options, capabilities, wanted),
      reportsOf(options, capabilities),
    )
  const content = encodeMessage(message('ADD_ROSPEC', { version: 1, id: 0 }, {}, [spec(0)]))
  const id = digestOf(content)
  return { id, spec: spec(id), startsByItself: options.gpi !== undefined, wanted }
}

function boundaryOf(gpi: LlrpOptions['gpi']): Parameter {
  if (gpi === undefined) {
    return parameter(
      'ROBoundarySpec',
      {},
      parameter('ROSpecStartTrigger', { Trigger: trigger.none }),
      parameter('ROSpecStopTrigger', { Trigger: trigger.none }),
    )
  }
  const isHigh = gpi.level === 'high'
  const input = (Event: boolean, Timeout: number) => parameter('GPITriggerValue', { Port: gpi.port, Event, Timeout })
  return parameter(
    'ROBoundarySpec',
    {},
    parameter('ROSpecStartTrigger', { Trigger: trigger.gpi }, input(isHigh, 0)),
    parameter('ROSpecStopTrigger', { Trigger: trigger.gpiOrTimeout }, input(!isHigh, gpi.longestMs)),
  )
}

/**
 * One inventory without an end, on all antennas (0) or on those that are named. What an AntennaConfiguration says in it
 * holds while this ROSpec does: the reader's own settings stand behind it, unchanged.
 */
function aiSpecOf(options: LlrpOptions, capabilities: Capabilities, wanted: ReadonlyMap<number, number>): Parameter {
  const { antennas = [{ port: 0 }], session, tagPopulation, rfMode } = options
  const configured = wanted.size === 0 ? antennas : antennasOf(options, capabilities)
  const inventory = parameter(
    'C1G2InventoryCommand',
    {},
    ...(rfMode === undefined ? [] : [parameter('C1G2RFControl', { RFModeID: rfMode })]),
    parameter('C1G2SingulationControl', { Session: session, TagPopulation: tagPopulation }),
  )
  return parameter(
    'AISpec',
    { AntennaIDs: antennas.map(({ port }) => port) },
    parameter('AISpecStopTrigger', { Trigger: trigger.none }),
    parameter(
      'InventoryParameterSpec',
      { InventoryParameterSpecID: 1, AirProtocolID: gen2 },
      ...configured.map((antenna) => {
        const power = transmitterOf(antenna, capabilities, wanted.get(antenna.port))
        return parameter(
          'AntennaConfiguration',
          { AntennaID: antenna.port },
          ...(power === undefined ? [] : [parameter('RFTransmitter', power)]),
          inventory,
        )
      }),
    ),
  )
}

type Antenna = NonNullable<LlrpOptions['antennas']>[number]

/** Those that are named, or all that the reader has. */
export function antennasOf({ antennas }: LlrpOptions, capabilities: Capabilities): readonly Antenna[] {
  return antennas ?? Array.from({ length: capabilities.antennas }, (_, i) => ({ port: i + 1 }))
}

/** dBm that the configuration comes to on this reader. */
export function configuredDbm(antenna: Antenna, { powers }: Capabilities): number | undefined {
  return powers.get(antenna.transmitPowerIndex ?? strongest(powers, antenna.transmitPowerDbm) ?? 0)
}

/** `undefined` leaves the power as the reader is set. */
function transmitterOf(
  antenna: Antenna,
  { powers, hopTable }: Capabilities,
  wantedDbm: number | undefined,
): Fields | undefined {
  const index =
    wantedDbm === undefined
      ? (antenna.transmitPowerIndex ?? strongest(powers, antenna.transmitPowerDbm))
      : strongest(powers, wantedDbm)
  if (index === undefined) return undefined
  const channel =
    hopTable === undefined ? { HopTableID: 0, ChannelIndex: 1 } : { HopTableID: hopTable, ChannelIndex: 0 }
  return { ...channel, TransmitPowerIndex: index }
}

/** The strongest level within the limit; where the reader has none so weak, its weakest. */
function strongest(powers: ReadonlyMap<number, number>, limitDbm: number | undefined): number | undefined {
  if (limitDbm === undefined) return undefined
  const upwards = [...powers].sort(([, a], [, b]) => a - b)
  const level = upwards.findLast(([, dbm]) => dbm <= limitDbm) ?? upwards[0]
  return level?.[0]
}

function reportsOf({ reportEveryTags }: LlrpOptions, { isImpinj }: Capabilities): Parameter {
  const content = {
    EnableAntennaID: true,
    EnablePeakRSSI: true,
    EnableFirstSeenTimestamp: true,
    EnableLastSeenTimestamp: true,
    EnableTagSeenCount: true,
  }
  const finer = parameter(
    'ImpinjTagReportContentSelector',
    {},
    parameter('ImpinjEnableRFPhaseAngle', { RFPhaseAngleMode: 1 }),
    parameter('ImpinjEnablePeakRSSI', { PeakRSSIMode: 1 }),
    parameter('ImpinjEnableRFDopplerFrequency', { RFDopplerFrequencyMode: 1 }),
  )
  return parameter(
    'ROReportSpec',
    { Trigger: trigger.everyTags, N: reportEveryTags },
    parameter('TagReportContentSelector', content),
    ...(isImpinj ? [finer] : []),
  )
}

/** FNV-1a in 32 bits; never 0, which means "all ROSpecs". */
function digestOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash || 1
}
