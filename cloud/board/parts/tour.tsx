import { tourStepFrom, tourSteps } from '../core/tour.ts'
import { useStore } from '../live/store.ts'
import { IconButton } from './icon.tsx'

/** A few words on each part of the floor, beside it and never over it; what they are about is ringed. */
export function Tour() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const step = store.tour.value
  if (step === null) return null
  const end = () => {
    store.showTour(null)
    document.getElementById('content')?.focus()
  }
  const next = tourStepFrom(step, 1)
  const number = tourSteps.indexOf(step) + 1
  return (
    <section class="tour" aria-label={words.tour}>
      <header>
        <span class="quiet">{words.tourPlace(format.number(number), format.number(tourSteps.length))}</span>
        <IconButton icon="close" label={words.tourSkip} onClick={end} />
      </header>
      <div aria-live="polite">
        <h2>{words.tourTitles[step]}</h2>
        <p>{words.tourTexts[step]}</p>
      </div>
      <p class="tour-acts">
        {number > 1 && (
          <button type="button" class="button" onClick={() => store.showTour(tourStepFrom(step, -1))}>
            {words.tourBack}
          </button>
        )}
        <button
          type="button"
          class="button primary"
          onClick={() => {
            if (next === null) end()
            else store.showTour(next)
          }}
        >
          {next === null ? words.tourEnd : words.tourNext}
        </button>
      </p>
    </section>
  )
}
