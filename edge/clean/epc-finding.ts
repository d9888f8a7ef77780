import { isTid } from '../../shared/epc/decode.ts'
import { unwrapped } from '../../shared/epc/mended-hex.ts'

/** What was found in the place of an EPC. A closed list: it becomes a metric label. */
export const epcFindings = [
  'as-read',
  'unwrapped', // hex of the ASCII text of hex, turned back
  'tid', // the chip's own identity: a tag that nobody programmed, or a reader that reports the wrong memory bank
] as const
export type EpcFinding = (typeof epcFindings)[number]

/** The EPC that was meant. Only hex of hex is changed; everything else goes on as it was read. */
export function findEpc(read: string): { readonly epc: string; readonly finding: EpcFinding } {
  const epc = unwrapped(read)
  if (epc !== read) return { epc, finding: 'unwrapped' }
  return { epc, finding: isTid(epc) ? 'tid' : 'as-read' }
}
