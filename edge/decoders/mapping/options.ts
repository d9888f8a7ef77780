import { z } from 'zod'
import { type Quantity, quantities } from '../../../shared/quantity.ts'
import { pointerPattern } from './pointer.ts'
import { unitNames, units } from './units.ts'

const quantityNames = Object.keys(quantities) as [Quantity, ...Quantity[]]

const Pointer = z
  .string()
  .max(256)
  .regex(pointerPattern, 'must be a JSON pointer (RFC 6901), such as /object/temperature; empty is the whole message')

const MappedValue = z
  .strictObject({
    pointer: Pointer.describe(
      'JSON pointer to the value, such as `/AM2301/Temperature`; empty: the message is the value',
    ),
    quantity: z.enum(quantityNames).describe('what it is'),
    unit: z
      .enum(unitNames)
      .optional()
      .describe('unit that the device tells it in, where it is not the one that is kept'),
    scale: z.number().optional().describe('kept is value × `scale` + `offset`; in place of `unit`; default 1'),
    offset: z.number().optional().describe('see `scale`; default 0'),
    words: z
      .record(z.string(), z.number())
      .optional()
      .describe('numbers for values that are words, as `{ open: 1, closed: 0 }`; `"true"` and `"false"` too'),
    notAvailable: z
      .array(z.number())
      .max(16)
      .optional()
      .describe('numbers, as the device sends them, that mean "no value", such as -127'),
  })
  .superRefine(({ unit, scale, offset, quantity }, context) => {
    if (unit === undefined) return
    if (units[unit].of !== quantity) {
      const message = `${unit} is no unit of ${quantity}, but of ${units[unit].of}`
      context.addIssue({ code: 'custom', path: ['unit'], message })
    }
    if (scale !== undefined || offset !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['unit'],
        message: 'stands in place of `scale` and `offset`, not beside',
      })
    }
  })

/** How the JSON of a sensor that nobody wrote code for is read: strict, a part of the gateway's configuration. */
export const Mapping = z
  .strictObject({
    values: z
      .array(MappedValue)
      .min(1)
      .max(32)
      .describe(
        'a value that a message does not have is left out; a message with none of them is understood and unused',
      ),
    each: Pointer.optional().describe(
      'pointer to a list or an object whose members are read one by one; the other pointers then start in the member',
    ),
    sensor: Pointer.optional().describe('pointer to the id of the sensor, where the topic does not name it'),
    time: z
      .strictObject({
        pointer: Pointer.describe('to the instant at which it was measured; a message without it is of its arrival'),
        format: z
          .enum(['iso', 'iso-utc', 'unix-s', 'unix-ms'])
          .describe('`iso` has an offset or `Z`; `iso-utc` has none and is UTC'),
      })
      .optional(),
  })
  .superRefine(({ values }, context) => {
    const seen = new Set<string>()
    for (const [i, { quantity }] of values.entries()) {
      if (seen.has(quantity)) {
        const message = `${quantity} is mapped twice; a second sensor needs a subscription of its own`
        context.addIssue({ code: 'custom', path: ['values', i, 'quantity'], message })
      }
      seen.add(quantity)
    }
  })
export type Mapping = z.infer<typeof Mapping>
