import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The wall clock of a process of a test, set from outside while it runs. Its monotonic clock stays true. */
export interface FakeTime {
  /** For the process that is to be fooled. */
  readonly environment: Readonly<Record<string, string>>
  /** From now on the wall clock is so far from the truth. */
  setError(errorMs: number): void
}

/** Needs Debian's `faketime`. */
export function fakeTime(directory: string): FakeTime {
  const path = join(directory, 'faketime')
  const setError = (errorMs: number) => {
    const seconds = errorMs / 1000
    writeFileSync(path, `${seconds < 0 ? '' : '+'}${seconds.toFixed(3)}\n`)
  }
  setError(0)
  return {
    environment: {
      LD_PRELOAD: library(),
      FAKETIME_TIMESTAMP_FILE: path,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    setError,
  }
}

function library(): string {
  const files = execFileSync('dpkg', ['-L', 'libfaketime'], { encoding: 'utf8' }).split('\n')
  const found = files.find((file) => file.endsWith('libfaketimeMT.so.1'))
  if (found === undefined) throw new Error('libfaketimeMT.so.1 is missing: apt-get install faketime')
  return found
}
