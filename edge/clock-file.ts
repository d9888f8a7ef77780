import { KeptClock } from './clock/kept.ts'
import { readWhole, writeWhole } from './whole-file.ts'

/** What is remembered of the clocks. Without it, a gateway only knows less about how wrong its clock may be. */
const name = 'clock'

export function readKeptClock(directory: string): Promise<KeptClock | undefined> {
  return readWhole(directory, name, KeptClock)
}

/** Durable when it resolves. Rejects as the disk does; the old one stands then. */
export function writeKeptClock(directory: string, kept: KeptClock): Promise<void> {
  return writeWhole(directory, name, kept)
}
