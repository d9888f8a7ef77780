import { accepted, type Decoded, refused } from '../../shared/decoded.ts'
import { parseJson } from './json.ts'
import type { FrameContext, Reading } from './reading.ts'

/**
 * JSON events of a reader, one as an object or several as an array: what each of them reads, in order. One bad element of
 * an array costs only itself; a bad event that came alone refuses the frame.
 */
export function decodeEvents(
  frame: Uint8Array,
  context: FrameContext,
  readingsOf: (event: unknown, context: FrameContext) => readonly Reading[],
): Decoded<readonly Reading[]> {
  const json = parseJson(frame)
  if (!json.ok) return json
  if (Array.isArray(json.value)) return accepted(json.value.flatMap((event: unknown) => readingsOf(event, context)))
  const [only] = readingsOf(json.value, context)
  if (only === undefined) return accepted([])
  return only.type === 'refused' ? refused(only.reason, only.detail) : accepted([only])
}

/** A tag that the broker kept from an unknown time before: taken as read now, it would be a read that never was. */
export const ofUnknownAge: readonly Reading[] = [
  { type: 'refused', reason: 'unsupported', detail: 'retained, without a time' },
]
