import type { Random } from '../../shared/clock.ts'
import type { ReaderDevice } from './device.ts'
import { serialLine } from './serial-line.ts'

/**
 * A reader that prints one ASCII line per tag, as TSL readers and their kin do: `EP: <EPC hex> RI: <dBm>` and CR LF.
 * It reads from the moment it has power. There is no check value; a spoilt line lacks its last hex digit.
 */
export async function openTagPrinter(options: {
  readonly id: string
  readonly path: string
  readonly random: Random
}): Promise<ReaderDevice> {
  const line = serialLine({
    path: options.path,
    random: options.random,
    spoil: (frame) =>
      Buffer.from(
        Buffer.from(frame)
          .toString('ascii')
          .replace(/[0-9A-F](?= RI)/, ''),
      ),
    received: () => {},
  })
  await line.plug()
  return {
    id: options.id,
    see: (sightings) =>
      sightings.filter(({ epc, rssiDbm }) =>
        line.send(Buffer.from(`EP: ${epc} RI: ${Math.round(rssiDbm)}\r\n`, 'ascii')),
      ),
    misbehave: line.misbehave,
    plug: line.plug,
    unplug: line.unplug,
    close: line.unplug,
  }
}
