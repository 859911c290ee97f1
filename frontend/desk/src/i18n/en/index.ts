import type zh from '../zh-CN'
import board from './board'
import call from './call'
import callbacks from './callbacks'
import complaints from './complaints'
import customer from './customer'
import factor from './factor'
import floor from './floor'
import frame from './frame'
import history from './history'
import order from './order'
import phone from './phone'
import vouchers from './vouchers'

const en: typeof zh = {
  ...board,
  ...call,
  ...callbacks,
  ...complaints,
  ...customer,
  ...factor,
  ...floor,
  ...frame,
  ...history,
  ...order,
  ...phone,
  ...vouchers,
}

export default en
