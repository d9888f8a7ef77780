import type { Random } from '../../shared/clock.ts'
import type { TracedCall } from './disk-trace.ts'

/** Contents of files by path. */
export type Files = ReadonlyMap<string, Buffer>

/**
 * What a power cut leaves of everything that was not synced: nothing; the beginning of it, the last write torn at a
 * sector; or any sectors of it, as a disk with a cache that writes in its own order leaves them.
 */
export type Mercy = 'none' | 'torn' | 'scattered'

const sectorBytes = 512

interface Pending {
  readonly at: number
  /** undefined: the file was cut to `at`. */
  readonly bytes: Buffer | undefined
  /** Line by which the call had returned. */
  readonly end: number
}

interface Inode {
  durable: Buffer
  pending: Pending[]
}

type Naming = (names: Map<string, Inode>) => void

/**
 * The files of a disk after the power was cut when `calls` had happened: what was synced is there, and of the rest what
 * `mercy` leaves. Names follow the same rule: a file is made, renamed or removed for good only by a sync of its
 * directory; until then the first so many changes of names may have arrived. `initial` was durable.
 */
export function filesAfterPowerCut(
  initial: Files,
  calls: readonly TracedCall[],
  { mercy, random }: { readonly mercy: Mercy; readonly random: Random },
): Files {
  const durableNames = new Map<string, Inode>()
  for (const [path, durable] of initial) durableNames.set(path, { durable, pending: [] })
  const names = new Map(durableNames)
  let renaming: Naming[] = []
  const rename = (change: Naming) => {
    change(names)
    renaming.push(change)
  }

  for (const call of calls) {
    switch (call.kind) {
      case 'create':
        if (!names.has(call.path)) rename(madeAt(call.path))
        break
      case 'truncate':
        if (!names.has(call.path)) rename(madeAt(call.path))
        names.get(call.path)?.pending.push({ at: call.size, bytes: undefined, end: call.end })
        break
      case 'write':
        names.get(call.path)?.pending.push(call)
        break
      case 'rename': {
        const { from, to } = call
        rename((of) => {
          const moved = of.get(from)
          if (moved === undefined) return
          of.delete(from)
          of.set(to, moved)
        })
        break
      }
      case 'unlink':
        rename((of) => void of.delete(call.path))
        break
      case 'sync': {
        const file = names.get(call.path)
        if (file !== undefined) {
          const covered = file.pending.filter(({ end }) => end < call.from)
          file.durable = after(file.durable, covered)
          file.pending = file.pending.filter(({ end }) => end >= call.from)
        } else {
          for (const change of renaming) change(durableNames)
          renaming = []
        }
        break
      }
      default:
    }
  }

  const arrived = mercy === 'none' ? 0 : Math.floor(random() * (renaming.length + 1))
  for (const change of renaming.slice(0, arrived)) change(durableNames)
  return new Map(
    [...durableNames].map(([path, file]) => [path, after(file.durable, spared(file.pending, mercy, random))]),
  )
}

function madeAt(path: string): Naming {
  const file: Inode = { durable: Buffer.alloc(0), pending: [] }
  return (names) => void names.set(path, file)
}

/** What of these writes the disk had taken. */
function spared(pending: readonly Pending[], mercy: Mercy, random: Random): readonly Pending[] {
  if (mercy === 'none') return []
  if (mercy === 'scattered') return pending.flatMap((write) => sectorsOf(write).filter(() => random() < 0.5))
  const whole = Math.floor(random() * (pending.length + 1))
  const torn = pending[whole]
  const part = torn === undefined ? [] : sectorsOf(torn)
  return [...pending.slice(0, whole), ...part.slice(0, Math.floor(random() * part.length))]
}

/** Cut where the disk cuts. */
function sectorsOf(write: Pending): readonly Pending[] {
  const { at, bytes, end } = write
  if (bytes === undefined) return [write]
  const parts: Pending[] = []
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + sectorBytes - ((at + from) % sectorBytes))
    parts.push({ at: at + from, bytes: bytes.subarray(from, to), end })
    from = to
  }
  return parts
}

function after(durable: Buffer, writes: readonly Pending[]): Buffer {
  if (writes.length === 0) return durable
  const most = Math.max(durable.length, ...writes.map(({ at, bytes }) => at + (bytes?.length ?? 0)))
  const content = Buffer.alloc(most)
  durable.copy(content)
  let size = durable.length
  for (const { at, bytes } of writes) {
    if (bytes === undefined) {
      if (at < size) content.fill(0, at, size)
      size = at
    } else {
      bytes.copy(content, at)
      size = Math.max(size, at + bytes.length)
    }
  }
  return content.subarray(0, size)
}
