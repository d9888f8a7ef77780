/** What a camera saw last: it looks many times a second, and a label that stays in front of it is one scan. */
export interface CameraCode {
  readonly code: string
  /** When it was seen last, ms. */
  readonly at: number
}

/** A label must have been out of sight for so long before it counts again. */
export const outOfSightMs = 1500

/** Whether a code that the camera sees at `at` is a scan of its own, and what to remember. */
export function seenCode(
  last: CameraCode | null,
  code: string,
  at: number,
): { readonly last: CameraCode; readonly isNew: boolean } {
  const isNew = last === null || last.code !== code || at - last.at > outOfSightMs
  return { last: { code, at }, isNew }
}
