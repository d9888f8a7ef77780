import { isObject } from '../json.ts'

/** RFC 6901: empty for the whole document, else `/` before every step; `~1` stands for `/`, `~0` for `~`. */
export const pointerPattern = /^(?:\/(?:[^~/]|~[01])*)*$/

/** The steps of a JSON pointer that matches `pointerPattern`. */
export function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** What stands there; `undefined` where nothing does. Only own keys of the document: `/constructor` finds nothing. */
export function valueAt(document: unknown, steps: readonly string[]): unknown {
  let here = document
  for (const step of steps) {
    if (Array.isArray(here))
      here = /^(?:0|[1-9]\d*)$/.test(step) ? (here as readonly unknown[])[Number(step)] : undefined
    else if (isObject(here) && Object.hasOwn(here, step)) here = here[step]
    else return undefined
  }
  return here
}
