import { temperatureUnits } from '../core/format.ts'
import { languages } from '../core/words/words.ts'
import { themes } from '../live/preferences.ts'
import { useStore } from '../live/store.ts'
import { Link } from '../parts/link.tsx'

const languageNames = { en: 'English', 'zh-CN': '简体中文' } as const

/** How this browser shows the board. Nothing here changes what is kept, or what others see. */
export function SettingsPage() {
  const store = useStore()
  const words = store.words.value
  const { language, theme, temperature, keys } = store.preferences.value
  const themeNames = { auto: words.settingsAsSystem, light: words.settingsLight, dark: words.settingsDark }
  const units = { celsius: '°C', fahrenheit: '°F' }
  return (
    <section class="page settings">
      <h1>{words.settings}</h1>
      <p class="quiet">{words.settingsHint}</p>
      <Choice
        title={words.settingsLanguage}
        options={languages.map((one) => ({ value: one, name: languageNames[one], lang: one }))}
        chosen={language}
        onChoose={(chosen) => store.prefer({ language: chosen })}
      />
      <Choice
        title={words.settingsTheme}
        options={themes.map((one) => ({ value: one, name: themeNames[one] }))}
        chosen={theme}
        onChoose={(chosen) => store.prefer({ theme: chosen })}
      />
      <Choice
        title={words.settingsTemperature}
        options={temperatureUnits.map((one) => ({ value: one, name: units[one] }))}
        chosen={temperature}
        onChoose={(chosen) => store.prefer({ temperature: chosen })}
      />
      <label class="switch">
        <input
          type="checkbox"
          checked={keys}
          onChange={(event) => store.prefer({ keys: event.currentTarget.checked })}
        />
        {words.shortcutsOn}
      </label>
      <p>
        <Link to={{ page: 'walls' }} class="button">
          {words.walls}
        </Link>{' '}
        <Link to={{ page: 'account' }} class="button">
          {words.account}
        </Link>
      </p>
    </section>
  )
}

interface Option<Value extends string> {
  readonly value: Value
  readonly name: string
  /** Of the name, where it is not that of the page. */
  readonly lang?: string
}

function Choice<Value extends string>({
  title,
  options,
  chosen,
  onChoose,
}: {
  readonly title: string
  readonly options: readonly Option<Value>[]
  readonly chosen: Value
  readonly onChoose: (value: Value) => void
}) {
  return (
    <fieldset class="setting">
      <legend>{title}</legend>
      <div class="segments">
        {options.map(({ value, name, lang }) => (
          <button key={value} type="button" lang={lang} aria-pressed={value === chosen} onClick={() => onChoose(value)}>
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  )
}
