import { expect, test } from 'vitest'
import { type CameraCode, outOfSightMs, seenCode } from '../../../cloud/board/core/camera-code.ts'

// [ms, code, a scan of its own?] in the order in which the camera sees them.
test.each([
  [
    'one label held still is one scan',
    [
      [0, 'A', true],
      [120, 'A', false],
      [240, 'A', false],
    ],
  ],
  [
    'another label at once',
    [
      [0, 'A', true],
      [120, 'B', true],
      [240, 'A', true],
    ],
  ],
  [
    'a look that found nothing is not out of sight',
    [
      [0, 'A', true],
      [outOfSightMs, 'A', false],
      [outOfSightMs * 2, 'A', false],
    ],
  ],
  [
    'the same label again after a while',
    [
      [0, 'A', true],
      [outOfSightMs + 1, 'A', true],
    ],
  ],
] as const)('%s', (_name, looks) => {
  let last: CameraCode | null = null
  for (const [at, code, isNew] of looks) {
    const seen = seenCode(last, code, at)
    expect([at, code, seen.isNew]).toEqual([at, code, isNew])
    last = seen.last
  }
})
