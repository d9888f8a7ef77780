import { isUtf8 } from 'node:buffer'
import { accepted, type Decoded, refused } from '../../shared/decoded.ts'
import { Hello } from '../../shared/wire.ts'

/** A greeting is a few hundred bytes; what is longer is none. */
const maxHelloBytes = 16 * 1024

/** One message of the `hello` channel. Pure, and never throws on any bytes. */
export function readHello(payload: Uint8Array): Decoded<Hello> {
  if (payload.length > maxHelloBytes) return refused('length', `${payload.length} bytes`)
  if (!isUtf8(payload)) return refused('json', 'not UTF-8')
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'))
  } catch {
    return refused('json')
  }
  const hello = Hello.safeParse(value)
  return hello.success ? accepted(hello.data) : refused('schema', hello.error.issues[0]?.path.join('.'))
}
