/** Calls back for each key of a terminal until `signal` aborts; nothing where nobody can press one. */
export function listenForKeys(input: NodeJS.ReadStream, pressed: (key: string) => void, signal: AbortSignal): void {
  if (input.isTTY !== true) return
  const onData = (bytes: Buffer) => {
    for (const key of bytes.toString()) pressed(key)
  }
  input.setRawMode(true)
  input.resume()
  input.on('data', onData)
  signal.addEventListener(
    'abort',
    () => {
      input.off('data', onData)
      input.setRawMode(false)
      input.pause()
    },
    { once: true },
  )
}
