import { z } from 'zod'
import { type Quantity, quantities } from '../../../shared/quantity.ts'

/** Where a value stands in a slave, and what it means. Addresses are those on the wire: 0-based, without 30001 or 40001. */
export const Register = z.strictObject({
  table: z
    .enum(['input', 'holding'])
    .default('input')
    .describe('input registers (function 04) or holding registers (03)'),
  address: z.int().min(0).max(0xffff).describe('of the first register, as on the wire: 0-based'),
  type: z
    .enum(['int16', 'uint16', 'int32', 'uint32', 'float32'])
    .default('int16')
    .describe('two registers for 32 bits'),
  wordOrder: z.enum(['high-first', 'low-first']).default('high-first').describe('of the two registers of 32 bits'),
  quantity: z.enum(Object.keys(quantities) as [Quantity, ...Quantity[]]).describe('what it is'),
  scale: z.number().default(1).describe('the raw number is multiplied by it …'),
  offset: z.number().default(0).describe('… and this is added'),
  unavailable: z
    .array(z.number())
    .max(8)
    .default([])
    .describe('raw numbers with which the device says that it has no value, e.g. 32767'),
})
export type Register = z.infer<typeof Register>

/** What one slave can be asked for. */
export const RegisterMap = z
  .array(Register)
  .min(1)
  .max(32)
  .refine(
    (map) => new Set(map.map(({ quantity }) => quantity)).size === map.length,
    'two registers hold the same `quantity`',
  )
  .refine(
    (map) => map.every((register) => register.address + registersOf(register) <= 0x1_0000),
    'a value reaches beyond the last register',
  )
export type RegisterMap = z.infer<typeof RegisterMap>

/** How many registers a value takes. */
export function registersOf({ type }: Pick<Register, 'type'>): 1 | 2 {
  return type === 'int16' || type === 'uint16' ? 1 : 2
}
