import type { Framer } from '../../edge/framing/framer.ts'

/** Hex with blanks anywhere → bytes. */
export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase()
}

/** Everything that comes out of a framer: frames as hex, and refused bytes by reason. */
export function framesOf(framer: Framer, chunks: readonly Uint8Array[]) {
  const frames: string[] = []
  const refused: Record<string, number> = {}
  for (const chunk of chunks) {
    framer.push(
      chunk,
      (frame) => frames.push(hexOf(frame)),
      (reason, byteCount) => {
        refused[reason] = (refused[reason] ?? 0) + byteCount
      },
    )
  }
  return { frames, refused }
}

/** Cuts bytes into pieces of these sizes, over and over. */
export function chunksOf(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    chunks.push(bytes.subarray(from, from + size))
    from += size
  }
  return chunks
}
