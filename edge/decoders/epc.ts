import { epcFromText } from '../../shared/epc/mended-hex.ts'

/** Longest EPC memory bank that a Gen2 tag can announce: 31 words. */
const longestEpcBytes = 62

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'))

/** An EPC or TID as text, in whatever programs wrap it → upper-case hex of whole bytes, or `undefined` if it is none. */
export const epcFromHex = epcFromText

/** Bytes → upper-case hex, or `undefined` where there are none or too many. */
export function epcFromBytes(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0 || bytes.length > longestEpcBytes) return undefined
  let hex = ''
  for (let i = 0; i < bytes.length; i++) hex += hexOfByte[bytes[i] ?? 0]
  return hex
}

/** Base64 in the standard or the URL-safe alphabet (RFC 4648 §4, §5), padded or not. */
export function epcFromBase64(text: string): string | undefined {
  if (text.length > longestEpcBytes * 2) return undefined
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return epcFromBytes(Uint8Array.from(binary, (character) => character.charCodeAt(0)))
  } catch {
    return undefined // not base64
  }
}
