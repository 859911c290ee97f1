import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

import { orders } from '@shared/api/orders'
import type { Product } from '@shared/api/types'

/** What is on sale, read at sign-in and again when an order meets a product that is not. */
export const useCatalog = defineStore('catalog', () => {
  const products = shallowRef<Product[]>([])

  async function load(): Promise<void> {
    products.value = await orders.products().catch(() => products.value)
  }

  return { products, load }
})
