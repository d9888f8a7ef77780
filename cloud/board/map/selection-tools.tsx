import { useSignal } from '@preact/signals'
import { aligned, edges, moved, withoutRows } from '../core/map/edit.ts'
import { useStore } from '../live/store.ts'
import { useEditor, useMapWords } from './use-editor.ts'

const directions = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] } as const
const arrows = { left: '←', right: '→', up: '↑', down: '↓' } as const
const edgeMarks = { left: '⇤', right: '⇥', top: '⤒', bottom: '⤓' } as const

/** What can be done to the rows that are chosen, for whoever does not drag. */
export function SelectionTools() {
  const editor = useEditor()
  const words = useMapWords()
  const format = useStore().format.value
  const step = useSignal(0.5)
  const selection = editor.selection.value
  const { size } = selection.rows
  return (
    <div class="selection-tools" role="toolbar" aria-label={words.chosen(format.number(size))}>
      <span>{size === 0 ? words.nothingChosen : words.chosen(format.number(size))}</span>
      {size > 0 && (
        <>
          <label>
            {words.step}{' '}
            <input
              type="number"
              min={0.05}
              max={100}
              step={0.05}
              value={step.value}
              onChange={(event) => {
                const value = event.currentTarget.valueAsNumber
                if (value > 0) step.value = value
              }}
            />
          </label>
          {(Object.keys(directions) as (keyof typeof directions)[]).map((direction) => (
            <button
              key={direction}
              type="button"
              class="icon-button"
              aria-label={words.move[direction]}
              title={words.move[direction]}
              onClick={() => {
                const [x, y] = directions[direction]
                editor.change(moved(editor.map.peek(), selection, x * step.value, y * step.value))
              }}
            >
              {arrows[direction]}
            </button>
          ))}
          {size > 1 &&
            edges.map((edge) => (
              <button
                key={edge}
                type="button"
                class="icon-button"
                aria-label={words.alignTo[edge]}
                title={words.alignTo[edge]}
                onClick={() => editor.change(aligned(editor.map.peek(), selection, edge))}
              >
                {edgeMarks[edge]}
              </button>
            ))}
          <button type="button" class="button" onClick={() => editor.change(withoutRows(editor.map.peek(), selection))}>
            {words.remove(format.number(size))}
          </button>
          <button type="button" class="button" onClick={() => editor.choose(selection.kind)}>
            {words.chooseNone}
          </button>
        </>
      )}
    </div>
  )
}
