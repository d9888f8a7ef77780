import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import { planSimulation } from '../../simulators/main.ts'
import { inboundTruckHeard } from '../../simulators/scenarios/recording.ts'

const scheme = 'demo://'
const recordings = { 'inbound-truck': inboundTruckHeard } as const

export function isDemoRecording(file: string): boolean {
  return file.startsWith(scheme)
}

/**
 * Writes a recording of the simulated warehouse into a temporary folder, as Impinj ItemTest would have saved it, and takes
 * it away again after `use`. Its last read is of `endAt` (Unix ms), so that nothing of it lies in the future however
 * fast it is played.
 */
export async function withDemoRecording(
  file: string,
  endAt: number,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const name = file.slice(scheme.length)
  if (!Object.hasOwn(recordings, name)) {
    throw new Fault(
      'bad-input',
      `There is no demo recording "${name}"; there is ${Object.keys(recordings).join(', ')}.`,
    )
  }
  const heard = recordings[name as keyof typeof recordings](planSimulation({ serialLines: false }))
  const startAt = endAt - (heard.at(-1)?.atMs ?? 0)
  const lines = heard.map(
    ({ atMs, antenna, epc, rssiDbm }) => `${new Date(startAt + atMs).toISOString()};${epc};;${antenna};${rssiDbm}\n`,
  )
  const directory = await mkdtemp(join(tmpdir(), 'warepulse-replay-'))
  try {
    const path = join(directory, `${name}.csv`)
    await writeFile(path, lines.join(''))
    await use(path)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
