import { expect, test } from 'vitest'
import { commandAsTyped } from '../../bin/as-typed.ts'

const program = '/srv/warepulse/bin/warepulse.js'
const npmsOwn =
  '/srv/warepulse/node_modules/.bin:/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin'

test.each([
  ['installed for everybody', '/data', '/usr/bin:/usr/local/bin', { '/usr/local/bin/warepulse': program }, 'warepulse'],
  ['in the clone, by npx', '/srv/warepulse', `${npmsOwn}:/usr/bin`, { [program]: program }, 'npx warepulse'],
  [
    'in the folder of a project that has it',
    '/home/mia/site/day-1',
    `/home/mia/site/node_modules/.bin:/usr/bin`,
    { '/home/mia/site/node_modules/.bin/warepulse': program },
    'npx warepulse',
  ],
  ['elsewhere, by its file', '/srv/cold', '/usr/bin', { [program]: program }, 'node ../warepulse/bin/warepulse.js'],
  [
    'another program of that name on the path is not it',
    '/srv/warepulse',
    '/usr/bin',
    { '/usr/bin/warepulse': '/opt/other/warepulse', [program]: program },
    'npx warepulse',
  ],
] as const)('%s', (_where, workingDirectory, path, links: Readonly<Record<string, string>>, typed) => {
  const surroundings = { environment: { PATH: path }, workingDirectory, realPath: (link: string) => links[link] }
  expect(commandAsTyped(program, surroundings)).toBe(typed)
})
