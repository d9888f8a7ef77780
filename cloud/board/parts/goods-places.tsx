import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'

/** Between what comes and goes and what should lie where. */
export function GoodsPlaces() {
  const store = useStore()
  const words = store.words.value
  const { page } = store.route.value
  return (
    <nav class="places-nav" aria-label={words.goodsPlaces}>
      <Link to={{ page: 'shipments', shipment: null }} class="button" current={page === 'shipments'}>
        {words.shipments}
      </Link>
      <Link to={{ page: 'goods' }} class="button" current={page === 'goods'}>
        {words.shouldBe}
      </Link>
    </nav>
  )
}
