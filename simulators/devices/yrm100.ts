import type { Random } from '../../shared/clock.ts'
import type { ReaderDevice, Sighting } from './device.ts'
import { serialLine } from './serial-line.ts'

/**
 * UHF module YRM100 (M100, R200, JRD-4035) on a serial line. Frame: BB, type (00 command, 01 answer, 02 notice),
 * command, parameter length (2), parameters, checksum (sum from type on, low byte), 7E. It reads only while a
 * multi-poll runs or on a single poll, has one antenna, and reports power in whole dBm.
 */
export interface Yrm100Options {
  readonly id: string
  readonly path: string
  readonly random: Random
}

const command = { moduleInfo: 0x03, singlePoll: 0x22, multiPoll: 0x27, stopMultiPoll: 0x28 } as const
const errors = { unknownCommand: 0x17, noTag: 0x15 } as const
const infos = ['M100 26dBm V1.0', 'V2.3.5', 'Harbour simulator'] as const
/** A multi-poll without tags answers every round; the rounds of a quiet field, thinned. */
const quietRoundMs = 1_000
const longestCommandBytes = 64

export async function openYrm100(options: Yrm100Options): Promise<ReaderDevice> {
  let pollsLeft = 0
  let isQuiet = true
  /** What the antenna saw last, for a single poll. */
  let field: readonly Sighting[] = []
  let pending: Uint8Array = new Uint8Array()

  const line = serialLine({
    path: options.path,
    random: options.random,
    spoil: spoilChecksum,
    received: (bytes) => {
      pending = Buffer.concat([pending, bytes]).subarray(-longestCommandBytes)
      for (let frame = takeCommand(); frame !== undefined; frame = takeCommand()) obey(frame)
    },
  })

  /** The first whole command among the bytes received, or nothing yet; skips what cannot be one. */
  function takeCommand(): Uint8Array | undefined {
    for (;;) {
      const start = pending.indexOf(0xbb)
      if (start < 0) {
        pending = new Uint8Array()
        return undefined
      }
      pending = pending.subarray(start)
      if (pending.length < 5) return undefined
      const length = 7 + (((pending[3] ?? 0) << 8) | (pending[4] ?? 0))
      if (length <= longestCommandBytes && pending.length < length) return undefined
      const frame = pending.subarray(0, length)
      const isWhole = length <= longestCommandBytes && frame.at(-1) === 0x7e && frame.at(-2) === checksum(frame)
      pending = pending.subarray(isWhole ? length : 1)
      if (isWhole) return frame
    }
  }

  function obey(frame: Uint8Array): void {
    const parameters = frame.subarray(5, -2)
    switch (frame[2]) {
      case command.moduleInfo: {
        const which = parameters[0] ?? 0
        const text = infos[which]
        if (text === undefined) line.send(yrm100Frame(0x01, 0xff, [errors.unknownCommand]))
        else line.send(yrm100Frame(0x01, command.moduleInfo, [which, ...Buffer.from(text, 'ascii')]))
        return
      }
      case command.singlePoll: {
        const tag = field[Math.floor(options.random() * field.length)]
        line.send(tag === undefined ? yrm100Frame(0x01, 0xff, [errors.noTag]) : tagNotice(tag))
        return
      }
      case command.multiPoll:
        pollsLeft = ((parameters[1] ?? 0) << 8) | (parameters[2] ?? 0)
        return
      case command.stopMultiPoll:
        pollsLeft = 0
        line.send(yrm100Frame(0x01, command.stopMultiPoll, [0x00]))
        return
      default:
        line.send(yrm100Frame(0x01, 0xff, [errors.unknownCommand]))
    }
  }

  /** FFFF rounds mean "until told otherwise" to hosts; the module would need days to count them down. */
  function usePoll(): void {
    if (pollsLeft !== 0xffff) pollsLeft -= 1
  }

  await line.plug()
  const quietTimer = setInterval(() => {
    const wasQuiet = isQuiet
    isQuiet = true
    if (pollsLeft === 0 || !wasQuiet) return
    field = []
    usePoll()
    line.send(yrm100Frame(0x01, 0xff, [errors.noTag]))
  }, quietRoundMs)
  quietTimer.unref()

  return {
    id: options.id,
    see(sightings) {
      if (sightings.length > 0) field = sightings
      const sent: Sighting[] = []
      for (const sighting of sightings) {
        if (pollsLeft === 0) break
        usePoll()
        isQuiet = false
        if (line.send(tagNotice(sighting))) sent.push(sighting)
      }
      return sent
    },
    misbehave: line.misbehave,
    plug: line.plug,
    async unplug() {
      pollsLeft = 0 // it lost its power with the cable, and waits for a new start command
      pending = new Uint8Array()
      await line.unplug()
    },
    async close() {
      clearInterval(quietTimer)
      await line.unplug()
    },
  }
}

function tagNotice({ epc, rssiDbm }: Sighting): Uint8Array {
  const bank = Buffer.from(epc, 'hex')
  const protocolControl = (bank.length / 2) << 11 // length in words, upper 5 bits
  const protected16 = Buffer.concat([Buffer.from([protocolControl >> 8, protocolControl & 0xff]), bank])
  const crc = epcCrc16(protected16)
  return yrm100Frame(0x02, command.singlePoll, [Math.round(rssiDbm) & 0xff, ...protected16, crc >> 8, crc & 0xff])
}

/** One frame of the protocol. */
export function yrm100Frame(type: number, code: number, parameters: readonly number[]): Uint8Array {
  const { length } = parameters
  const frame = Uint8Array.of(0xbb, type, code, length >> 8, length & 0xff, ...parameters, 0, 0x7e)
  frame[frame.length - 2] = checksum(frame)
  return frame
}

/** CRC-16 of the EPC bank: polynomial 1021h, preset FFFFh, ones' complement (ISO/IEC 18000-63, CRC-16). */
export function epcCrc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ ((crc & 0x8000) !== 0 ? 0x1021 : 0)) & 0xffff
  }
  return crc ^ 0xffff
}

/** Of a whole frame: everything between the start and the checksum. */
function checksum(frame: Uint8Array): number {
  return frame.subarray(1, -2).reduce((sum, byte) => (sum + byte) & 0xff, 0)
}

function spoilChecksum(frame: Uint8Array): Uint8Array {
  const spoilt = Uint8Array.from(frame)
  spoilt[spoilt.length - 2] = (checksum(frame) + 1) & 0xff
  return spoilt
}
