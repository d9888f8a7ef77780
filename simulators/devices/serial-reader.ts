import type { Random } from '../../shared/clock.ts'
import type { ReaderDevice, Sighting } from './device.ts'
import { serialLine } from './serial-line.ts'

/** What a serial reader makes of its line; written from the device's manual. */
export interface SerialReaderProtocol {
  /** The command at the start of the bytes and its length; a number of bytes that begin none; or nothing to tell yet. */
  take(pending: Uint8Array): { readonly command: Uint8Array; readonly length: number } | number | undefined
  obey(command: Uint8Array, reader: SerialReaderActs): void
  /** A tag as it is told. */
  tag(sighting: Sighting): Uint8Array
  /** Makes the check value wrong. */
  spoil(frame: Uint8Array): Uint8Array
}

/** What a reader can do when it is told to. */
export interface SerialReaderActs {
  answer(frame: Uint8Array): void
  /** Reads for one round, and says so at its end. */
  readRound(over: Uint8Array): void
  /** Reads on, and shows now and then that it lives. */
  readOn(alive: Uint8Array): void
  stop(): void
}

export interface SerialReader extends ReaderDevice {
  /** All commands that were obeyed since it has power, in upper-case hex. */
  obeyed(): readonly string[]
}

const roundMs = 100
const aliveEveryMs = 500
const longestPending = 512

/**
 * A reader on a serial line that reads only while it is told to, for a round or until it is stopped. Without power it
 * forgets what it was told.
 */
export async function openSerialReader(
  { take, obey, tag, spoil }: SerialReaderProtocol,
  options: { readonly id: string; readonly path: string; readonly random: Random },
): Promise<SerialReader> {
  let pending: Uint8Array = new Uint8Array()
  let obeyed: string[] = []
  let timer: NodeJS.Timeout | undefined
  let isReading = false

  const line = serialLine({
    path: options.path,
    random: options.random,
    spoil,
    received(bytes) {
      pending = Buffer.concat([pending, bytes]).subarray(-longestPending)
      for (;;) {
        const found = pending.length === 0 ? undefined : take(pending)
        if (found === undefined) return
        if (typeof found === 'number') {
          pending = pending.subarray(found)
          continue
        }
        pending = pending.subarray(found.length)
        obeyed.push(Buffer.from(found.command).toString('hex').toUpperCase())
        obey(found.command, acts)
      }
    },
  })
  const acts: SerialReaderActs = {
    answer: (frame) => void line.send(frame),
    readRound(over) {
      acts.stop()
      isReading = true
      timer = setTimeout(() => {
        isReading = false
        line.send(over)
      }, roundMs)
    },
    readOn(alive) {
      acts.stop()
      isReading = true
      timer = setInterval(() => line.send(alive), aliveEveryMs)
    },
    stop() {
      clearTimeout(timer)
      isReading = false
    },
  }

  await line.plug()
  return {
    id: options.id,
    see: (sightings) => (isReading ? sightings.filter((sighting) => line.send(tag(sighting))) : []),
    misbehave: line.misbehave,
    obeyed: () => obeyed,
    plug: line.plug,
    async unplug() {
      acts.stop()
      await line.unplug()
      acts.stop() // what was on the wire still came
      pending = new Uint8Array()
      obeyed = []
    },
    async close() {
      acts.stop()
      await line.unplug()
    },
  }
}

/** The EPC memory bank of a tag: PC word (its length in words in the upper 5 bits) and EPC. */
export function epcBank(epc: string): { readonly protocolControl: readonly number[]; readonly bytes: Uint8Array } {
  const bytes = Buffer.from(epc, 'hex')
  return { protocolControl: [(bytes.length / 2) << 3, 0], bytes }
}
