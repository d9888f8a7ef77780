import type { Fields, Message, Parameter } from './message.ts'
import { impinjDefinitions, impinjVendor, messageDefinitions, parameterDefinitions } from './table.ts'

const messageTypes = typesOf(messageDefinitions)
const parameterTypes = typesOf(parameterDefinitions)
const impinjSubtypes = typesOf(impinjDefinitions)
const custom = 1023

/** A message by the name of its row. Throws `RangeError` for a name that no row has. */
export function message(
  name: string,
  head: Pick<Message, 'version' | 'id'>,
  fields: Fields = {},
  parameters: readonly Parameter[] = [],
): Message {
  return { name, type: typeOf(messageTypes, name), ...head, fields, parameters }
}

/** A parameter by the name of its row, customs of Impinj included. Throws `RangeError` for a name that no row has. */
export function parameter(name: string, fields: Fields = {}, ...parameters: readonly Parameter[]): Parameter {
  const Subtype = impinjSubtypes.get(name)
  if (Subtype === undefined) return { name, type: typeOf(parameterTypes, name), fields, parameters }
  return { name, type: custom, fields: { VendorID: impinjVendor, Subtype, ...fields }, parameters }
}

function typeOf(types: ReadonlyMap<string, number>, name: string): number {
  const type = types.get(name)
  if (type === undefined) throw new RangeError(`no row of the table is named ${name}`)
  return type
}

function typesOf(rows: ReadonlyMap<number, { readonly name: string }>): ReadonlyMap<string, number> {
  return new Map([...rows].map(([type, { name }]) => [name, type]))
}
