/** A run of bits whose count is not always whole bytes, as an EPC. */
export interface Bits {
  readonly count: number
  readonly bytes: Uint8Array
}

/** 64-bit numbers are bigints. Text that is not UTF-8 stays bytes. */
export type FieldValue = number | bigint | boolean | string | Uint8Array | Bits | readonly number[]

export type Fields = Readonly<Record<string, FieldValue>>

/** A parameter by the name of its table row, or the bytes of one that no row names (its header included). */
export type Parameter =
  | { readonly name: string; readonly type: number; readonly fields: Fields; readonly parameters: readonly Parameter[] }
  | { readonly name: 'raw'; readonly bytes: Uint8Array }

/** A message; `raw` is the body of one that no row of the table names, and then it has no fields and parameters. */
export interface Message {
  readonly name: string
  readonly type: number
  /** 1 = LLRP 1.0.1, 2 = LLRP 1.1. */
  readonly version: number
  readonly id: number
  readonly fields: Fields
  readonly parameters: readonly Parameter[]
  readonly raw?: Uint8Array
}
