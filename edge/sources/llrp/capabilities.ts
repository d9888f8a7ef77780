import { find, findAll, flagIn, numberIn } from '../../decoders/llrp/find.ts'
import type { Message } from '../../decoders/llrp/message.ts'
import { impinjVendor } from '../../decoders/llrp/table.ts'

/** What a reader says it can do (LLRP 1.0.1 and 1.1, GET_READER_CAPABILITIES_RESPONSE). */
export interface Capabilities {
  readonly isImpinj: boolean
  /** Keeps events and reports from a lost client until a new one asks for them. */
  readonly canHold: boolean
  readonly canWarnOfFullBuffer: boolean
  /** Transmit power in dBm by index. */
  readonly powers: ReadonlyMap<number, number>
  /** Ports that it has, from 1. */
  readonly antennas: number
  /** Where frequencies are hopped: the table to use; else a fixed channel is used. */
  readonly hopTable: number | undefined
}

/** What is missing in the answer counts as something that the reader cannot do. */
export function capabilitiesIn(answer: Message): Capabilities {
  const general = find(answer, 'GeneralDeviceCapabilities')
  const llrp = find(answer, 'LLRPCapabilities')
  const regulatory = find(answer, 'RegulatoryCapabilities')
  const band = regulatory === undefined ? undefined : find(regulatory, 'UHFBandCapabilities')
  const frequencies = band === undefined ? undefined : find(band, 'FrequencyInformation')
  const hopTable = frequencies === undefined ? undefined : find(frequencies, 'FrequencyHopTable')
  const powers = new Map<number, number>()
  for (const level of band === undefined ? [] : findAll(band, 'TransmitPowerLevelTableEntry')) {
    const hundredths = numberIn(level, 'TransmitPowerValue')
    if (hundredths !== undefined) powers.set(numberIn(level, 'Index') ?? 0, hundredths / 100)
  }
  return {
    isImpinj: numberIn(general, 'DeviceManufacturer') === impinjVendor,
    canHold: flagIn(llrp, 'SupportsEventsAndReportHolding'),
    canWarnOfFullBuffer: flagIn(llrp, 'CanReportBufferFillWarning'),
    powers,
    antennas: Math.min(255, numberIn(general, 'MaxSupportedAntennas') ?? 0),
    hopTable: flagIn(frequencies, 'Hopping') ? numberIn(hopTable, 'HopTableID') : undefined,
  }
}

/** The level of each antenna that a reader is set to itself (GET_READER_CONFIG_RESPONSE), dBm. */
export function ownPowersIn(answer: Message, { powers }: Capabilities): ReadonlyMap<number, number> {
  const own = new Map<number, number>()
  for (const antenna of findAll(answer, 'AntennaConfiguration')) {
    const transmitter = find(antenna, 'RFTransmitter')
    const dbm = powers.get(numberIn(transmitter, 'TransmitPowerIndex') ?? 0)
    if (dbm !== undefined) own.set(numberIn(antenna, 'AntennaID') ?? 0, dbm)
  }
  return own
}
