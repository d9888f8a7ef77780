import { captureTarget } from './captures.ts'
import { codeTargets } from './codes.ts'
import { decoderTargets, llrpTarget, mappingTarget, patternTarget, registersTarget } from './decoders.ts'
import { framerTargets } from './framers.ts'
import type { FuzzTarget } from './target.ts'

/** Everything that takes bytes from outside. A new decoder or framer gets its line in the file of its kind. */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...decoderTargets,
  llrpTarget,
  mappingTarget,
  patternTarget,
  registersTarget,
  ...framerTargets,
  ...codeTargets,
  captureTarget,
]
