import { accepted, refused } from '../../../shared/decoded.ts'
import type { Quantity } from '../../../shared/quantity.ts'
import type { Decoder } from '../reading.ts'
import { planReads } from './plan-reads.ts'
import { type Register, type RegisterMap, registersOf } from './register-map.ts'

/** Enough for 32 bits; beyond stand the errors of binary fractions (305 × 0.1). */
const significantDigits = 12

/**
 * Decodes what the reads of `planReads` brought, one behind the other, each register big-endian (Modbus application
 * protocol 1.1b3, 4.2). A number that stands for "no value", and a float that is none, is `null`.
 */
export function registersDecoder(map: RegisterMap): Decoder {
  const reads = planReads(map)
  const bytes = 2 * reads.reduce((sum, { count }) => sum + count, 0)
  const places = map.map((register) => ({ register, at: byteOffset(register) }))

  function byteOffset({ table, address }: Register): number {
    let before = 0
    for (const read of reads) {
      const into = address - read.address
      if (read.table === table && into >= 0 && into < read.count) return 2 * (before + into)
      before += read.count
    }
    return 0
  }

  return (answers, context) => {
    if (answers.length !== bytes) return refused('length')
    const view = new DataView(answers.buffer, answers.byteOffset, answers.byteLength)
    const values: Partial<Record<Quantity, number | null>> = {}
    const reasons: Record<string, string> = {}
    for (const { register, at } of places) {
      const raw = rawAt(view, at, register)
      const value = Number((raw * register.scale + register.offset).toPrecision(significantDigits))
      const isThere = Number.isFinite(value) && !register.unavailable.includes(raw)
      values[register.quantity] = isThere ? value : null
      if (!isThere) reasons[register.quantity] = 'not-available'
    }
    return accepted([
      {
        type: 'sensor',
        at: context.at,
        sensor: context.device,
        values,
        ...(Object.keys(reasons).length === 0 ? {} : { reasons }),
      },
    ])
  }
}

function rawAt(view: DataView, at: number, register: Register): number {
  if (registersOf(register) === 1) return register.type === 'int16' ? view.getInt16(at) : view.getUint16(at)
  const [high, low] = register.wordOrder === 'high-first' ? [at, at + 2] : [at + 2, at]
  const words = new DataView(new ArrayBuffer(4))
  words.setUint16(0, view.getUint16(high))
  words.setUint16(2, view.getUint16(low))
  if (register.type === 'float32') return words.getFloat32(0)
  return register.type === 'int32' ? words.getInt32(0) : words.getUint32(0)
}
