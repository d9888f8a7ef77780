import { z } from 'zod'
import { accepted, refused } from '../../shared/decoded.ts'
import { Identifier } from '../../shared/identifier.ts'
import { ScanAction } from '../../shared/record.ts'
import { instantFromIso, instantInRange } from './instant.ts'
import { parseJson } from './json.ts'
import type { Decoder, FrameContext, Reading } from './reading.ts'

const code = z.string().min(1).max(512)
const Scanned = z.looseObject({
  at: z.union([z.number(), z.string()]).optional(),
  operator: z.string().max(64).optional(),
  slot: Identifier.optional(),
  action: ScanAction.optional(),
  code: code.optional(),
  codes: z.array(code).max(1000).optional(),
})

/**
 * Handhelds and apps that publish what they scanned: `{"codes": […], "slot": "A-01-2", "action": "put", "operator":
 * "kim", "at": …}`, or an array of such. `code` may stand for one code; `at` is ISO 8601 with offset or Unix ms, else the
 * arrival; a retained message without `at` is not used. One bad element of an array costs only itself.
 */
export const decodeScanJson: Decoder = (frame, context) => {
  const json = parseJson(frame)
  if (!json.ok) return json
  if (Array.isArray(json.value)) return accepted(json.value.map((one: unknown) => readingOf(one, context)))
  const reading = readingOf(json.value, context)
  return reading.type === 'refused' ? refused(reading.reason, reading.detail) : accepted([reading])
}

function readingOf(value: unknown, context: FrameContext): Reading {
  const scanned = Scanned.safeParse(value)
  if (!scanned.success) {
    return { type: 'refused', reason: 'schema', detail: scanned.error.issues[0]?.path.join('.').slice(0, 64) ?? '' }
  }
  const { at, code, codes = [], operator, slot, action } = scanned.data
  const said = typeof at === 'number' ? instantInRange(at) : at === undefined ? undefined : instantFromIso(at)
  if (at !== undefined && said === undefined) return { type: 'refused', reason: 'implausible', detail: 'at' }
  if (at === undefined && context.retained === true) {
    return { type: 'refused', reason: 'unsupported', detail: 'retained, without at' }
  }
  return {
    type: 'scan',
    at: said ?? context.at,
    device: context.device,
    codes: code === undefined ? codes : [code, ...codes],
    ...(operator !== undefined && { operator }),
    ...(slot !== undefined && { slot }),
    ...(action !== undefined && { action }),
  }
}
