import { z } from 'zod'
import { Identifier } from './identifier.ts'

/**
 * Zones that one operator answers for. ISA-18.2 and EEMUA 191 count alarms for each operator: floods are found and reports
 * are made by area. A zone that no area names is one by itself.
 */
export const OperatorArea = z.strictObject({
  id: Identifier.describe('not the id of a zone'),
  name: z.string().trim().min(1).max(128),
  zones: z.array(Identifier).min(1).max(1000).describe('no zone is in two areas'),
})
export type OperatorArea = z.infer<typeof OperatorArea>

export const OperatorAreas = z.array(OperatorArea).max(200)
