import { type Layer, layers } from '../core/slot-codes.ts'
import type { Words } from '../core/words/words.ts'
import { useStore } from '../live/store.ts'

/** What the slots are shaded by. */
export function LayerMenu() {
  const store = useStore()
  const words = store.words.value
  return (
    <div class="layer-menu">
      <select
        aria-label={words.layer}
        value={store.layer.value}
        onChange={(event) => {
          store.layer.value = layers.find((layer) => layer === event.currentTarget.value) ?? 'occupancy'
        }}
      >
        {layers.map((layer) => (
          <option key={layer} value={layer}>
            {layerName(words, layer)}
          </option>
        ))}
      </select>
    </div>
  )
}

function layerName(words: Words, layer: Layer): string {
  return {
    occupancy: words.layerOccupancy,
    age: words.layerAge,
    temperature: words.layerTemperature,
    items: words.layerItems,
  }[layer]
}
