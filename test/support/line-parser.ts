/**
 * Reads InfluxDB line protocol, written from the specification and knowing nothing of our encoder. Strict: what the
 * specification does not allow throws.
 * @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export interface ParsedLine {
  readonly measurement: string
  readonly tags: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, number | bigint | boolean | string>>
  readonly nanoseconds: bigint
}

/** Splits a body into lines: a line end within a quoted string belongs to the string. */
export function parseBody(body: string): ParsedLine[] {
  const lines: ParsedLine[] = []
  let at = 0
  while (at < body.length) {
    const reader = new Reader(body, at)
    lines.push(reader.line())
    at = reader.at
    if (at < body.length) {
      if (body[at] !== '\n') throw new Error(`expected a line end at ${at}, found ${JSON.stringify(body[at])}`)
      at += 1
    }
  }
  return lines
}

class Reader {
  readonly text: string
  at: number

  constructor(text: string, at: number) {
    this.text = text
    this.at = at
  }

  line(): ParsedLine {
    const measurement = this.name(', ', ', ')
    const tags: Record<string, string> = Object.create(null)
    while (this.text[this.at] === ',') {
      this.at += 1
      const key = this.name('=', ',= ')
      this.expect('=')
      if (key in tags) throw new Error(`tag ${key} twice`)
      tags[key] = this.name(', ', ',= ')
    }
    this.expect(' ')
    const fields: Record<string, number | bigint | boolean | string> = Object.create(null)
    for (;;) {
      const key = this.name('=', ',= ')
      this.expect('=')
      if (key in fields) throw new Error(`field ${key} twice`)
      fields[key] = this.text[this.at] === '"' ? this.quoted() : this.value()
      if (this.text[this.at] !== ',') break
      this.at += 1
    }
    this.expect(' ')
    const stamp = /^-?\d{1,19}/.exec(this.text.slice(this.at, this.at + 21))?.[0]
    if (stamp === undefined) throw new Error(`no timestamp at ${this.at}`)
    this.at += stamp.length
    return { measurement, tags, fields, nanoseconds: BigInt(stamp) }
  }

  /** Up to an unescaped one of `ends`; a backslash escapes one of `escapable` and otherwise is itself. */
  private name(ends: string, escapable: string): string {
    let name = ''
    for (;;) {
      const char = this.text[this.at]
      if (char === undefined || char === '\n') throw new Error(`line ends within a name at ${this.at}`)
      const next = this.text[this.at + 1]
      if (char === '\\' && next !== undefined && escapable.includes(next)) {
        name += next
        this.at += 2
      } else if (ends.includes(char)) break
      else if (escapable.includes(char)) throw new Error(`unescaped ${JSON.stringify(char)} at ${this.at}`)
      else {
        name += char
        this.at += 1
      }
    }
    if (name === '') throw new Error(`empty name at ${this.at}`)
    return name
  }

  private quoted(): string {
    let text = ''
    this.at += 1
    for (;;) {
      const char = this.text[this.at]
      const next = this.text[this.at + 1]
      if (char === undefined) throw new Error('string without end')
      if (char === '\\' && (next === '"' || next === '\\')) {
        text += next
        this.at += 2
      } else {
        this.at += 1
        if (char === '"') return text
        text += char
      }
    }
  }

  private value(): number | bigint | boolean {
    const end = this.text.slice(this.at, this.at + 64).search(/[, \n]/)
    const literal = this.text.slice(this.at, end < 0 ? this.text.length : this.at + end)
    this.at += literal.length
    if (/^-?\d+i$/.test(literal)) return BigInt(literal.slice(0, -1))
    if (/^(t|T|true|True|TRUE)$/.test(literal)) return true
    if (/^(f|F|false|False|FALSE)$/.test(literal)) return false
    if (!/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(literal)) throw new Error(`not a value: ${literal}`)
    const number = Number(literal)
    if (!Number.isFinite(number)) throw new Error(`not a finite number: ${literal}`)
    return number
  }

  private expect(char: string): void {
    if (this.text[this.at] !== char) {
      throw new Error(`expected ${JSON.stringify(char)} at ${this.at}, found ${JSON.stringify(this.text[this.at])}`)
    }
    this.at += 1
  }
}
