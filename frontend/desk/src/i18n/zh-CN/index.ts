/** The words of the desk, a file an area. */
import call from './call'
import customer from './customer'
import factor from './factor'
import floor from './floor'
import frame from './frame'
import history from './history'
import order from './order'
import phone from './phone'

export default { ...call, ...customer, ...factor, ...floor, ...frame, ...history, ...order, ...phone }
