#!/usr/bin/env node
// The `warepulse` command as npm installs it: finds a fit Node, then runs the sources here or, in the published
// package (Node strips no types under node_modules), their compiled form.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runWithNode24 } from './node24.js'

const sources = fileURLToPath(new URL('./warepulse.ts', import.meta.url))
const compiled = fileURLToPath(new URL('../dist/bin/warepulse.js', import.meta.url))
runWithNode24(existsSync(sources) ? sources : compiled, process.argv.slice(2))
