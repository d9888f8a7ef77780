import { describe, expect, test } from 'vitest'
import { areaFlaws, areasToSave, renamed, withArea, without, withZone } from '../../../cloud/board/core/area-draft.ts'
import type { OperatorArea } from '../../../shared/operator-area.ts'

const area = (id: string, name: string, ...zones: string[]): OperatorArea => ({ id, name, zones })
const zones = ['A', 'B', 'COLD', 'area']

describe('operator areas as they are written', () => {
  const two = [area('north', 'North', 'A', 'B'), area('cold', 'Cold', 'COLD')]
  test.each<[string, readonly OperatorArea[], readonly string[]]>([
    ['as they are', two, ['North: A B', 'Cold: COLD']],
    ['one more', withArea(two, zones), ['North: A B', 'Cold: COLD', ': ']],
    ['another name', renamed(two, 'cold', 'Freezer'), ['North: A B', 'Freezer: COLD']],
    ['one fewer', without(two, 'north'), ['Cold: COLD']],
    ['a zone goes out of the area it was in', withZone(two, 'cold', 'B', true), ['North: A', 'Cold: COLD B']],
    ['a zone by itself', withZone(two, 'north', 'A', false), ['North: B', 'Cold: COLD']],
    ['taken from another, it is in none', withZone(two, 'cold', 'A', false), ['North: B', 'Cold: COLD']],
  ])('%s', (_what, areas, expected) =>
    expect(areas.map(({ name, zones: own }) => `${name}: ${own.join(' ')}`)).toEqual(expected),
  )

  test.each<[string, readonly OperatorArea[], readonly string[]]>([
    ['nothing is wrong', two, []],
    ['no name', [area('a', '  ', 'A')], ['a nameless']],
    ['one name twice', [area('a', 'N', 'A'), area('b', 'N ', 'B')], ['a name-twice', 'b name-twice']],
    ['no zone, and no name', [area('a', '')], ['a nameless no-zone']],
  ])('%s', (_what, areas, expected) =>
    expect([...areaFlaws(areas)].map(([id, flaws]) => [id, ...flaws].join(' '))).toEqual(expected),
  )

  test.each<[string, string, readonly string[]]>([
    ['after its name', 'Hall 1 / north', ['hall-1-north']],
    ['in Chinese', '北区', ['area-2']],
    ['as another is called', 'North', ['north-2']],
    ['as a zone is called', 'area', ['area-2']],
    ['a long one', 'x'.repeat(128), ['x'.repeat(60)]],
  ])('what is new has an id %s, and what there is keeps its own', (_how, name, expected) => {
    const areas = areasToSave([...two, area('draft', ` ${name} `, 'B')], ['north', 'cold'], zones)
    expect(areas.map(({ id }) => id)).toEqual(['north', 'cold', ...expected])
    expect(areas.at(-1)?.name).toBe(name)
  })
})
