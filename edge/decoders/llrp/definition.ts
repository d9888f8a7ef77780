/** How a field stands in the bytes: a number of bits unsigned, or one of the names. All big-endian. */
export type FieldKind =
  | number
  | 'flag' // one bit
  | 'signed8'
  | 'signed16'
  | 'epc96' // 12 bytes
  | 'bytes' // 16 bits: how many bytes
  | 'text' // the same, UTF-8
  | 'bits' // 16 bits: how many bits, filled up to whole bytes
  | 'numbers16' // 16 bits: how many numbers
  | 'numbers32'
  | 'rest' // all bytes that are left

export interface FieldDefinition {
  readonly name: string
  readonly kind: FieldKind
}

/** What a message or parameter begins with; further parameters may follow its fields. */
export interface Definition {
  readonly name: string
  readonly fields: readonly FieldDefinition[]
}

const named = /^(flag|signed8|signed16|epc96|bytes|text|bits|numbers16|numbers32|rest)$/

/** `type name field:kind …` → its row in a table. A kind that is none is a mistake in the table. */
export function definition(line: string): [number, Definition] {
  const [type, name = '', ...fields] = line.split(' ')
  return [
    Number(type),
    {
      name,
      fields: fields.map((field) => {
        const [fieldName = '', kind = ''] = field.split(':')
        if (named.test(kind)) return { name: fieldName, kind: kind as FieldKind }
        if (!/^\d+$/.test(kind)) throw new RangeError(`no kind of field: ${field}`)
        return { name: fieldName, kind: Number(kind) }
      }),
    },
  ]
}
