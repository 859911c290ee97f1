import type zh from './zh-CN'

const en: typeof zh = {
  app: { courier: 'Springline delivery' },
  tab: { tasks: 'Tasks', day: 'Day', inbox: 'Messages', me: 'Me', label: 'Main menu' },
  common: {
    back: 'Back', cancel: 'Cancel', close: 'Close', retry: 'Try again', minus: 'Fewer: {name}', plus: 'More: {name}', sync: 'to be sent',
    station: 'Call the station', loading: 'Loading…', optional: 'optional',
  },
  signIn: {
    title: 'Courier sign-in', username: 'User name', password: 'Password', submit: 'Sign in', busy: 'Signing in…', missing: 'Please enter user name and password.',
    showPassword: 'Show password', hidePassword: 'Hide password',
    expired: 'Your session is over. Please sign in again.', waiting: '{n} not sent yet. They are sent by themselves once {name} signs in; nothing is lost.',
    other: 'This is another account. What {name} has not sent stays on this phone until {name} signs in.',
    carryOn: 'No network: go on delivering',
  },
  gate: {
    unreachable: 'The server cannot be reached. The first use needs a network; check it and try again.',
    stranger: "This account is not a courier's. Please sign in with a courier's.", switch: 'Use another account',
  },
  error: {
    bad_credentials: 'User name or password is wrong.', locked_out: 'Too many wrong passwords: the account is locked for a while.',
    unreachable: 'The server cannot be reached. Check the network.', other: 'That did not work ({code}). Please try again.',
    full: 'The phone has no room left: this step was not saved. Delete some photos or apps and try again.', unavailable: 'The browser did not save this step. Open the page anew and try again.',
    photo: 'This picture cannot be read. Take another one.',
  },
  bar: {
    offline: 'Offline', offlineWaiting: 'Offline, {n} to be sent', waiting: '{n} to be sent, sending…', read: 'As of {time}',
    trouble: 'The server has a problem; trying again', troubleWaiting: 'The server has a problem, {n} to be sent; trying again',
    stranger: 'Somebody else is signed in on this phone; {n} held back. Please sign in again.',
    forbidden: 'The station does not list you as an active courier; please ask it.', unread: '{n} messages to read',
    memory: 'This browser keeps nothing (private mode?). What you do without a network will be lost; use a normal window.',
    full: 'The phone has no room left; please make some.', unavailable: "The browser's storage failed; open the page anew.",
    update: 'There is a new version', updateNow: 'Update', queue: 'To be sent', offlineHint: 'All of it is kept on the phone and sent when there is a network.',
  },
  tasks: {
    title: 'My tasks', none: 'No tasks now', noneHint: 'A new one will ring.', offHint: 'You get tasks once you are at work.',
    start: 'Start work', stop: 'End work', stopAsk: '{n} not delivered yet. End work?', stopPlain: 'You will get no new tasks. End work?',
    offers: 'New offers', done: '{n} done today', doneShow: 'Show', doneHide: 'Hide', pickUp: 'Off I go ({n})', pickedUp: 'On the road', reading: 'Loading tasks…',
    newOne: 'New task: {address}', newMany: '{n} new tasks', open: '{n} to go',
  },
  task: {
    by: 'by {time}', tomorrow: 'tomorrow', window: '{from}–{to}', left: '{n} min left', leftHours: '{n} h left', late: '{n} min late', lateHours: '{n} h late',
    noTime: 'no time agreed', urged: 'urged', floor: 'floor {n}', floorUnknown: 'floor unknown', lift_yes: 'lift', lift_no: 'no lift', lift_unknown: 'lift unknown',
    collect: 'Collect', voucher: '{n} vouchers', cash: 'cash {money}', deposit: 'incl. deposit {money}', empties: '{n} empties', nothing: 'nothing to pay', monthly: 'monthly account',
    goods: '{name} × {qty} {unit}', noPhone: 'no number', note: 'Note', order: 'Order {no}', number: 'Stop {n}',
    call: 'Call', navigate: 'Navigate', deliver: 'Delivered', arrive: 'I am here', fail: 'Cannot deliver',
    accept: 'Accept', refuse: 'Refuse', answerIn: 'answer within {time}', answerLate: 'Time is over; somebody else may have it',
  },
  state: {
    offered: 'offered', accepted: 'accepted', picked_up: 'on the road', arrived: 'arrived', delivered: 'delivered', failed: 'failed', withdrawn: 'withdrawn',
  },
  refuse: { title: 'Why not?', full: 'Vehicle is full', far: 'Too far', broken: 'Vehicle is broken', leaving: 'About to leave', other: 'Another reason', done: 'Refused' },
  navigate: { title: 'Navigate with', map: 'Map of the phone', amap: 'Amap', copy: 'Copy the address', copied: 'Address copied; paste it into a map', failed: 'Could not copy; press long on the address', hint: 'No map opened? Copy the address and paste it there.' },
  deliver: {
    title: 'Delivered', goods: 'How much', ordered: '{n} {unit} ordered', short: '{n} {unit} short; a supplementary order follows.', empties: 'Empties taken back', expected: '{n} expected',
    money: 'Money taken', due: '{money} due', cash: 'Cash', wechat: 'WeChat', allCash: 'All cash', allWechat: 'All WeChat', less: '{money} less; the customer will owe it.', more: '{money} more; is that right?', vouchers: 'Vouchers taken',
    vouchersDue: '{n} due', photo: 'Photo', note: 'Note', notePlace: 'e.g. left at the door', confirm: 'Delivered', saved: 'Delivered', savedOffline: 'Noted; sent when there is a network',
    badMoney: 'Enter a sum such as 20 or 20.5', nothing: 'Nothing delivered: choose “Cannot deliver”.', gone: 'This task is over.',
  },
  loads: {
    title: 'Loading', openMissing: 'Loading ({n} missing)', openUnnoted: 'Loading ({n} not noted)', what: 'Which water', sums: '{wanted} {unit} to deliver · {there} on the vehicle', unnoted: '{n} {unit} went without a noted load',
    late: 'Loaded earlier, forgotten to note', lateHint: 'Then the {n} {unit} that went without a load are part of this one.', missing: '{n} missing', enough: 'enough', qty: 'How many {unit}', more: '{n} more', others: '{n} other kinds', clear: 'None',
    load: 'Loaded {n} {unit}', saved: 'Load noted', noBatch: 'Choose a batch first, or type it as on the label.', noQty: 'Say how many first.', chooseAnother: 'The sale of this batch is stopped; take another one.',
    stopped: 'The sale of batch {no} is stopped{why}: do not load it. Unload it and take another.', unknown: 'This phone does not know the batch; look at the label again. If it is right, note it: should the system not know it either, “Messages” asks you to put it right.', isStopped: 'stopped',
    recalled: 'The sale of batch {no} ({name}) is stopped{why}: {n} {unit} are noted on your vehicle. Deliver none; bring them back and note it under “Loading → Change → Back to the station”.',
    list: "Today's loads", listNone: 'None yet. Load the vehicle, choose water, batch and quantity, and press the button below.', row_loaded: 'Loaded {n} {unit}', row_returned: 'Back {n} {unit}', change: 'Change', changeOne: 'Change: {no}, {n}',
    undo: 'A mistake: take it back', undone: 'Taken back', back: 'Back to the station', giveBack: 'Bring back {n} {unit}', returned: 'Return noted',
    mend: 'Put right', mendHint: 'Press “Put right” and note it again; the time stays as it was.', mending: 'To put right: {what}', nothing: 'Nothing to load', nothingHint: 'The first use needs a network. With a network it means that the station has no batches; call it.',
  },
  batch: {
    why: ' ({why})', there: 'on vehicle', more: 'More batches ({n})', scan: 'Scan', scanTitle: 'Point at the code on the label', scanning: 'Looking for a code…', scanNone: '“{text}” is no batch number. Try another code, or close this and choose or type it.', scanDenied: 'No camera: allow it in the browser, or choose or type the batch number.',
    label: 'Batch number (on the label)', hint: 'e.g. A20261120', stopped: 'The sale of batch {no} is stopped{why}: do not leave it. Take another batch, or choose “Cannot deliver → Something wrong with the water” and bring it back.', unknown: 'Nobody knows this batch; look again. If it is right, deliver it: the station will check.',
  },
  photo: { take: 'Take a photo', remove: 'Remove photo {n}', alt: 'Photo {n}', busy: 'Working on the photo…', most: '{n} at most' },
  fail: {
    title: 'Why not?', F1: 'Nobody there', F2: 'Wrong address', F3: 'Refused by the customer', F4: 'Out of stock', F5: 'Something wrong with the water', F6: 'Road or weather', F7: 'Too many buckets owed',
    note: 'Note', notePlace: 'e.g. called three times', confirm: 'Cannot deliver', choose: 'Choose a reason first.', saved: 'Noted',
  },
  day: {
    title: "Today's settlement", delivered: 'Delivered', failed: 'Failed', open: 'To go', loaded: 'Loaded', returned: 'Back', left: 'Left', unnoted: 'Not noted as loaded', buckets: 'Brought', empties: 'Empties back', vouchers: 'Vouchers', orders: '{n}', pieces: '{n}', sheets: '{n}', each: '{n}',
    money: 'Money', due: 'Due', cash: 'Cash', wechat: 'WeChat', commission: 'Commission', handed: 'Handed over', toHand: 'To hand over', handOver: 'Hand over', amount: 'Sum', ask: 'Hand over {money} to the station?',
    differs: 'Not the {money} to hand over: {diff} apart.', done: 'Noted; the station counts it', declared: 'to be confirmed', confirmed: 'confirmed by {name}, {money} counted', difference: '{money} apart',
    waiting: 'with {n} deliveries still to be sent', none: 'No figures yet', nothing: 'No cash to hand over', signed: 'Signed off by {name} at {time}.', history: 'Handed over', products: 'Brought in detail',
  },
  inbox: {
    title: 'Messages', none: 'No messages', noneHint: 'What did not work, and tasks that were withdrawn or changed, appear here.', seen: 'Got it', older: 'Seen', did: 'You did', at: '{time}', now: 'Now', says: 'The system says',
    conflict: 'To be checked', applied: 'Noted; the station will check it', rejected: 'Did not work', photo: 'A photo was not sent', gone: 'Task withdrawn', changed: 'Task changed', goneHint: 'No need to bring it. If you did already, call the station.',
    changedHint: 'Please deliver it as it is now.', photoHint: 'The delivery itself counts.', callHint: 'If in doubt, call the station.', noTask: 'There is no such task any more', taskNo: 'Task {n}',
  },
  deed: {
    accept: 'accept', refuse: 'refuse', pick_up: 'off I go', arrive: 'arrived', deliver: 'delivered {goods}', fail: 'cannot deliver: {why}', shiftOn: 'start of work', shiftOff: 'end of work', hand_over: 'hand over {money}', loaded: 'load {goods}, batch {no}', returned: 'bring back {goods}, batch {no}', undo_load: 'take back: {what}',
    with: ', {what}', vouchers: '{n} vouchers', cash: 'cash {money}', wechat: 'WeChat {money}', empties: '{n} empties',
  },
  me: {
    station: 'Station', language: 'Language', theme: 'Looks', dark: 'Dark', light: 'Light', install: 'Install', installHint: 'Choose “Add to home screen” in the browser menu to open it like an app.',
    installDo: 'Install', sound: 'New task alert', soundTry: 'Try', notify: 'Allow notifications', notifyOn: 'allowed', notifyOff: "forbidden in the browser's settings", signOut: 'Sign out', waiting: 'To be sent', waitingNone: 'all sent',
    signOutAsk: 'Customer data on this phone will be removed. Sign out?', signOutWaiting: '{n} not sent yet! They will wait until you sign in on this phone again. Sign out?', syncNow: 'Send now',
  },
}

export default en
