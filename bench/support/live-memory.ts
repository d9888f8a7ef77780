import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Bytes of the heap and of buffers that are alive. */
export function liveBytes(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** The same with whatever else the heap owns outside of itself. */
export function ownedBytes(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage() // of which buffers are a part
  return heapUsed + external
}
