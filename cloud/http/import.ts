import { z } from 'zod'
import type { ImportReport, InputError } from '../../shared/api.ts'
import { Identifier } from '../../shared/identifier.ts'
import type { TableRead } from './csv-table.ts'
import { InputFault } from './problem.ts'

const errorsShown = 100
/** In one record of the journal. */
const rowsPerRecord = 1000

/** What routes for spreadsheets have in common: all rows, or none of them; a dry run changes nothing. */
export const importing = {
  bodyLimit: 1024 * 1024,
  consumes: ['text/csv'],
  params: z.strictObject({ site: Identifier }),
  querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') }),
}

/**
 * The report; `append` is called when there is something to import and nothing is wrong, and resolves with the offset, or with
 * null when all of it is known already.
 *
 * @throws InputFault when rows cannot be used and it is no dry run.
 */
export async function reportOf<T>(
  read: TableRead<T>,
  dryRun: boolean,
  append: (values: readonly T[]) => Promise<number | null>,
): Promise<ImportReport> {
  const { rows, values, errors } = read
  const shown: readonly InputError[] = errors.slice(0, errorsShown)
  const invalid = rows - values.length
  if (!dryRun && errors.length > 0) {
    throw new InputFault(`${invalid} of ${rows} rows cannot be used; nothing was imported.`, shown)
  }
  const report = { dryRun, rows, valid: values.length, invalid, errors: shown }
  return { ...report, offset: dryRun || values.length === 0 ? null : await append(values) }
}

/** In pieces that fit into records. */
export function inPieces<T>(values: readonly T[]): readonly (readonly T[])[] {
  const pieces: (readonly T[])[] = []
  for (let first = 0; first < values.length; first += rowsPerRecord)
    pieces.push(values.slice(first, first + rowsPerRecord))
  return pieces
}
