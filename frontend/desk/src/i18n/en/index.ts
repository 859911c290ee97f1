import type zh from '../zh-CN'
import abuse from './abuse'
import call from './call'
import callbacks from './callbacks'
import complaints from './complaints'
import couriers from './couriers'
import customer from './customer'
import factor from './factor'
import floor from './floor'
import frame from './frame'
import handover from './handover'
import history from './history'
import mobile from './mobile'
import knowledge from './knowledge'
import order from './order'
import phone from './phone'
import ringing from './ringing'
import supervise from './supervise'
import vouchers from './vouchers'
import wall from './wall'

const en: typeof zh = {
  ...abuse,
  ...call,
  ...callbacks,
  ...complaints,
  ...couriers,
  ...customer,
  ...factor,
  ...floor,
  ...frame,
  ...handover,
  ...history,
  ...knowledge,
  ...mobile,
  ...order,
  ...phone,
  ...ringing,
  ...supervise,
  ...vouchers,
  ...wall,
}

export default en
