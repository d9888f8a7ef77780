/** The text of a file, and the encoding that its bytes turned out to be in. */
export interface FileText {
  readonly text: string
  readonly encoding: 'UTF-8' | 'UTF-16' | 'GB18030'
}

/**
 * What spreadsheets save: UTF-8 with or without a byte order mark, UTF-16 with one ("Unicode text"), and GB18030, which
 * Excel in Chinese means by "CSV". `null` = none of them. Bytes that are valid UTF-8 are never taken for GB18030.
 */
export function fileText(bytes: Uint8Array): FileText | null {
  const isUtf16Le = bytes[0] === 0xff && bytes[1] === 0xfe
  const isUtf16Be = bytes[0] === 0xfe && bytes[1] === 0xff
  if (isUtf16Le || isUtf16Be) return decoded(bytes, isUtf16Le ? 'utf-16le' : 'utf-16be', 'UTF-16')
  return decoded(bytes, 'utf-8', 'UTF-8') ?? decoded(bytes, 'gb18030', 'GB18030')
}

function decoded(bytes: Uint8Array, label: string, encoding: FileText['encoding']): FileText | null {
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes), encoding }
  } catch {
    return null
  }
}
