import { accepted, type Decoded, refused } from '../../shared/decoded.ts'

const text = new TextDecoder()

/** UTF-8 JSON of any shape. Readers in the field send broken text; that is a reason, not an exception. */
export function parseJson(bytes: Uint8Array): Decoded<unknown> {
  try {
    return accepted(JSON.parse(text.decode(bytes)))
  } catch {
    return refused('json')
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A number, or text that is one; `undefined` for everything else. */
export function numberFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}
