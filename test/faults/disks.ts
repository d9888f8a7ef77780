import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A small file system of a test's own. Needs root. */
export interface Disk {
  readonly directory: string
  readonly freeBytes: number
  /** Fills it to the last block with a file of somebody else; answers what takes that file away again. */
  fill(): () => void
  /** As after an I/O error with `errors=remount-ro`: read-only at once, whatever is open. ext4 only. */
  failReadOnly(): void
  /** Unmounts, repairs and mounts again, writable. */
  repair(): void
  /** Safe to call twice. */
  unmount(): void
}

const path = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
const call = (command: string, ...args: string[]) =>
  execFileSync(command, args, { env: path, stdio: ['ignore', 'ignore', 'pipe'] })

export function mountTmpfs(directory: string, bytes: number): Disk {
  mkdirSync(directory, { recursive: true })
  call('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'none', directory)
  return diskAt(directory, () => {})
}

export function mountExt4(directory: string, bytes: number): Disk {
  mkdirSync(directory, { recursive: true })
  const image = `${directory}.img`
  call('truncate', '-s', String(bytes), image)
  call('mkfs.ext4', '-q', image)
  const mount = () => call('mount', '-o', 'loop,errors=remount-ro', image, directory)
  mount()
  return diskAt(directory, () => {
    try {
      call('e2fsck', '-p', '-f', image)
    } catch {
      // 1 = errors were corrected, as they should be
    }
    mount()
  })
}

export function isReadOnly(directory: string): boolean {
  const line = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .findLast((one) => one.split(' ')[1] === directory)
  return /\b(?:ro|emergency_ro|shutdown)\b/.test(line?.split(' ')[3] ?? '')
}

function diskAt(directory: string, mountAgain: () => void): Disk {
  let isMounted = true
  const free = () => {
    const { bavail, bsize } = statfsSync(directory)
    return bavail * bsize
  }
  const unmount = () => {
    if (!isMounted) return
    isMounted = false
    call('umount', directory)
  }
  return {
    directory,
    get freeBytes() {
      return free()
    },
    fill() {
      const ballast = join(directory, 'ballast')
      for (let step = 1024 * 1024; step >= 4096; step /= 4) {
        try {
          for (;;) writeFileSync(ballast, Buffer.alloc(step), { flag: 'a' })
        } catch {
          // full at this step; finer
        }
      }
      return () => call('rm', '-f', ballast)
    },
    failReadOnly: () => void call('mount', '-o', 'remount,abort', directory),
    repair() {
      unmount()
      mountAgain()
      isMounted = true
    },
    unmount,
  }
}
