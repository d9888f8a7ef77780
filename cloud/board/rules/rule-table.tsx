import { textIn } from '../../../shared/alert-words.ts'
import type { RuleOnGateway } from '../../../shared/api.ts'
import { type Rule, runsOnGateway } from '../../../shared/rule.ts'
import { canBeTried } from '../core/rule-fields.ts'
import { conditionSaid } from '../core/rule-said.ts'
import { useStore } from '../live/store.ts'
import { Mark } from '../parts/mark.tsx'
import { WideRows } from '../parts/wide-rows.tsx'
import { TrialSaid, useTrial } from './rule-trial.tsx'
import { useRuleWords, useSpeaking } from './use-rule-words.ts'

/** The worst first: what rings, whether it rings now, and how often it would have. */
export function RuleTable({
  rules,
  onGateways,
  onChange,
}: {
  readonly rules: readonly Rule[]
  readonly onGateways: readonly RuleOnGateway[]
  onChange(rule: Rule): void
}) {
  const words = useRuleWords()
  const rows = rules.toSorted((a, b) => a.severity - b.severity || a.name.localeCompare(b.name))
  return (
    <WideRows label={words.title} class="rule-rows">
      <thead>
        <tr>
          <th scope="col">{words.rule}</th>
          <th scope="col">{words.condition}</th>
          <th scope="col">{words.now}</th>
          <th scope="col">{words.tried}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {rows.map((rule) => (
          <Row
            key={rule.id}
            rule={rule}
            places={onGateways.filter((place) => place.rule === rule.id)}
            onChange={onChange}
          />
        ))}
      </tbody>
    </WideRows>
  )
}

function Row({
  rule,
  places,
  onChange,
}: {
  readonly rule: Rule
  readonly places: readonly RuleOnGateway[]
  onChange(rule: Rule): void
}) {
  const words = useRuleWords()
  const store = useStore()
  const speaking = useSpeaking()
  const trial = useTrial()
  const { language } = store.preferences.value
  const name = textIn(language, rule.name)
  const open = store.alerts.value.filter((alert) => alert.rule === rule.id).length
  return (
    <tr>
      <th scope="row">
        <span class="rule-name">
          <Mark severity={rule.severity} state="acknowledged" isSilent={!rule.enabled} size={22} />
          <span>{name}</span>
        </span>
      </th>
      <td>
        {conditionSaid(rule, speaking)}
        {rule.enabled && runsOnGateway(rule) && <Places places={places} />}
        {rule.whatToDo !== '' && <p class="quiet rule-todo">{textIn(language, rule.whatToDo)}</p>}
      </td>
      <td>
        {!rule.enabled ? (
          <span class="quiet">{words.isOff}</span>
        ) : open > 0 ? (
          <strong>{words.ringing(open, store.format.value.number(open))}</strong>
        ) : (
          <span class="quiet">{words.isQuiet}</span>
        )}
      </td>
      <td class="rule-trial">
        {canBeTried(rule.type) ? (
          <>
            <TrialSaid trial={trial} quantity={'quantity' in rule ? rule.quantity : ''} />{' '}
            {trial.answer.value === null && !trial.isBusy.value && (
              <button
                type="button"
                class="button"
                aria-label={words.tryRule(name)}
                onClick={() => void trial.run(rule)}
              >
                {words.try}
              </button>
            )}
          </>
        ) : (
          <span class="quiet">–</span>
        )}
      </td>
      <td>
        <button type="button" class="button" aria-label={words.changeTitle(name)} onClick={() => onChange(rule)}>
          {words.change}
        </button>
      </td>
    </tr>
  )
}

/** Where a rule that the gateways judge runs, and where it does not yet. */
function Places({ places }: { readonly places: readonly RuleOnGateway[] }) {
  const words = useRuleWords()
  const { list } = useStore().format.value
  const at = (state: RuleOnGateway['state']) =>
    list(places.filter((place) => place.state === state).map(({ gateway }) => gateway))
  const has = (state: RuleOnGateway['state']) => places.some((place) => place.state === state)
  return (
    <p class="quiet rule-todo">
      {places.length === 0 && <strong>{words.runsNowhere}</strong>}
      {has('running') && `${words.runsAt(at('running'))} `}
      {has('not-yet') && <strong>{words.notYetAt(at('not-yet'))} </strong>}
      {has('left-out') && <strong>{words.leftOutAt(at('left-out'))}</strong>}
    </p>
  )
}
