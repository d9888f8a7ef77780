/** What a process did to the files of a directory, as strace tells it. */
export type DiskCall =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly at: number; readonly bytes: Buffer; readonly end: number }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number; readonly end: number }
  /** Of a file, or of a directory's names; covers what had returned before line `from`. */
  | { readonly kind: 'sync'; readonly path: string; readonly from: number }
  /** To stdout: what others were told. */
  | { readonly kind: 'said'; readonly text: string }

/** A call, and the line of the trace by which it had happened. */
export type TracedCall = DiskCall & { readonly line: number }

const calls = 'openat,write,pwrite64,fsync,fdatasync,rename,renameat2,unlink,ftruncate'

/** `strace` and its arguments before a command whose writes and syncs are to be written to `trace`. */
export function underDiskTrace(trace: string): readonly string[] {
  const all = ['-f', '-q', '--seccomp-bpf', '-y', '-xx', '-s', '100000000']
  return ['strace', ...all, '-e', `trace=${calls}`, '-e', 'signal=none', '-o', trace]
}

/** Reads such a trace; paths below `directory` only. A call that never returned is one whose write may have arrived. */
export function readDiskTrace(trace: string, directory: string): readonly TracedCall[] {
  const found: TracedCall[] = []
  const begun = new Map<string, { readonly head: string; readonly line: number }>()
  const take = (text: string, begin: number, end: number) => {
    const call = callOf(text, directory, begin, end)
    if (call !== undefined) found.push(call)
  }
  for (const [line, text] of trace.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(text) ?? []
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    if (rest.endsWith(' <unfinished ...>')) begun.set(thread, { head: rest.slice(0, -17), line })
    else if (resumed !== null) {
      const { head = '', line: begin = line } = begun.get(thread) ?? {}
      begun.delete(thread)
      take(`${head}${resumed[1]}`, begin, line)
    } else take(rest, line, line)
  }
  for (const { head, line } of begun.values()) {
    if (/^p?write/.test(head)) take(`${head}) = ?`, line, Number.POSITIVE_INFINITY)
  }
  return found.sort((a, b) => a.line - b.line)
}

function callOf(text: string, directory: string, begin: number, end: number): TracedCall | undefined {
  const [, name = '', all = '', result = ''] = /^(\w+)\((.*)\) += (\S+)/.exec(text) ?? []
  if (name === '' || result.startsWith('-')) return undefined
  const file = bytesOf(/^\d+<([^>]*)>(?!\(deleted\))/.exec(all)?.[1] ?? '').toString()
  const strings = [...all.matchAll(/"([^"]*)"/g)].map(([, hex = '']) => bytesOf(hex))
  const [first = '', second = ''] = strings.map(String)
  const isOurs = (path: string) => path.startsWith(`${directory}/`) || path === directory
  switch (name) {
    case 'openat':
      return all.includes('O_CREAT') && isOurs(first)
        ? all.includes('O_TRUNC')
          ? { kind: 'truncate', path: first, size: 0, line: end, end }
          : { kind: 'create', path: first, line: end }
        : undefined
    case 'write':
      return all.startsWith('1<') ? { kind: 'said', text: first, line: end } : undefined
    case 'pwrite64': {
      if (!isOurs(file)) return undefined
      const bytes = strings[0] ?? Buffer.alloc(0)
      const at = Number(/, (\d+)$/.exec(all)?.[1])
      return {
        kind: 'write',
        path: file,
        at,
        bytes: result === '?' ? bytes : bytes.subarray(0, Number(result)),
        line: begin,
        end,
      }
    }
    case 'ftruncate':
      return isOurs(file)
        ? { kind: 'truncate', path: file, size: Number(/, (\d+)$/.exec(all)?.[1]), line: begin, end }
        : undefined
    case 'fsync':
    case 'fdatasync':
      return isOurs(file) ? { kind: 'sync', path: file, from: begin, line: end } : undefined
    case 'rename':
    case 'renameat2':
      return isOurs(first) ? { kind: 'rename', from: first, to: second, line: end } : undefined
    case 'unlink':
      return isOurs(first) ? { kind: 'unlink', path: first, line: end } : undefined
    default:
      return undefined
  }
}

/** `\x2f\x74` as strace writes it. */
function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex')
}
