import { protocolVersion } from '../../shared/wire.ts'
import type { SpooledRun } from '../spool/spool.ts'

const comma = 0x2c
const nullText = Buffer.from('null')

/** A batch as it travels. The records' stored bytes are joined as they are: what was sent once never changes. */
export function encodeBatch(epoch: string, lease: string, run: SpooledRun): Buffer {
  const head = Buffer.from(
    `{"v":${protocolVersion},"epoch":${JSON.stringify(epoch)},"lease":${JSON.stringify(lease)},"first":${run.first},"records":[`,
  )
  let length = head.length + 1 + run.records.length
  for (const record of run.records) length += (record ?? nullText).length
  const batch = Buffer.allocUnsafe(length)
  batch.set(head, 0)
  let offset = head.length
  for (const record of run.records) {
    if (offset > head.length) batch[offset++] = comma
    const bytes = record ?? nullText
    batch.set(bytes, offset)
    offset += bytes.length
  }
  offset += batch.write(']}', offset)
  return batch.subarray(0, offset)
}

/** Bytes of a batch around its records, for a run that must fit into the bound: envelope, and a comma each. */
export const envelopeBytes = 512 + 1000 * 5
