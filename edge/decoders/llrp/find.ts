import type { FieldValue, Parameter } from './message.ts'

export type NamedParameter = Exclude<Parameter, { readonly name: 'raw' }>

interface Holder {
  readonly parameters: readonly Parameter[]
}

/** The first parameter of that name right below. */
export function find({ parameters }: Holder, name: string): NamedParameter | undefined {
  return parameters.find((one): one is NamedParameter => one.name === name && 'type' in one)
}

/** All parameters of that name right below, in the order of the bytes. */
export function findAll({ parameters }: Holder, name: string): readonly NamedParameter[] {
  return parameters.filter((one): one is NamedParameter => one.name === name && 'type' in one)
}

/** A field as a number; `undefined` where it is missing or none. */
export function numberIn(
  holder: { readonly fields: Readonly<Record<string, FieldValue>> } | undefined,
  field: string,
): number | undefined {
  const value = holder?.fields[field]
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' ? value : undefined
}

/** A flag; `false` where it is missing. */
export function flagIn(
  holder: { readonly fields: Readonly<Record<string, FieldValue>> } | undefined,
  field: string,
): boolean {
  return holder?.fields[field] === true
}
