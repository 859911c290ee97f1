export default {
  app: { name: '泉线', courier: '泉线配送' },
  tab: { tasks: '任务', day: '结算', inbox: '消息', me: '我的', label: '主菜单' },
  common: {
    back: '返回', cancel: '取消', close: '关闭', ok: '好', retry: '重试', minus: '减少{name}', plus: '增加{name}', sync: '待同步',
    call: '打电话', station: '打给站点', loading: '正在读取…', optional: '选填',
  },
  signIn: {
    title: '配送员登录', username: '用户名', password: '密码', submit: '登录', busy: '正在登录…', missing: '请填写用户名和密码。',
    showPassword: '显示密码', hidePassword: '隐藏密码',
    expired: '登录已过期，请重新登录。', waiting: '还有 {n} 项没有同步，用 {name} 的账号登录后会自动发送，不会丢失。',
    other: '您用的是另一个账号。{name} 没同步的操作留在这部手机上，要等本人登录才会发送。',
    carryOn: '没有网络，先继续送水',
  },
  gate: {
    unreachable: '连不上服务器。第一次使用需要网络，请检查后重试。',
    stranger: '这个账号不是配送员，请换配送员账号登录。', switch: '换账号登录',
  },
  error: {
    bad_credentials: '用户名或密码不正确，请检查大小写后重试。', locked_out: '密码错误次数过多，账号已暂时锁定，请稍后再试或联系站长。',
    unreachable: '连不上服务器，请检查网络。', other: '没有成功（{code}），请重试。',
    full: '手机存储空间不足，这一步没有保存。请删除一些照片或应用后再试。', unavailable: '浏览器没有保存这一步，请重新打开页面再试。',
    photo: '这张照片打不开，请重新拍。',
  },
  bar: {
    offline: '离线', offlineWaiting: '离线，{n} 项待同步', waiting: '{n} 项待同步，正在发送…', read: '数据截至 {time}',
    trouble: '服务器暂时出错，会自动重试', troubleWaiting: '服务器暂时出错，{n} 项待同步，会自动重试',
    stranger: '这部手机登录了别人的账号，{n} 项暂不发送。请重新登录。',
    forbidden: '站点没有把您登记为在职配送员，请联系站长。', unread: '{n} 条消息要看',
    memory: '这个浏览器不能保存数据（可能是无痕模式）。断网时做的操作会丢失，请换普通模式打开。',
    full: '手机存储空间不足，请清理后再操作。', unavailable: '浏览器存储出错，请重新打开页面。',
    update: '有新版本', updateNow: '更新', queue: '待同步的操作', offlineHint: '都已存在手机里，有网络后自动发送。',
  },
  tasks: {
    title: '我的任务', none: '现在没有任务', noneHint: '有新单会响铃提醒。', offHint: '上班后才会派单给您。',
    offDuty: '未上班', onDuty: '上班中', start: '上班', stop: '下班', stopAsk: '还有 {n} 单没送完，确定下班吗？', stopPlain: '下班后不再派新单，确定吗？',
    offers: '新派单', done: '今天已完成 {n} 单', doneShow: '展开', doneHide: '收起', load: '装车出发（{n} 单）', loaded: '已出发', reading: '正在读取任务…',
    newOne: '新任务：{address}', newMany: '{n} 个新任务', open: '还有 {n} 单',
  },
  task: {
    by: '{time} 前', window: '{from}–{to}', left: '还剩 {n} 分钟', leftHours: '还剩 {n} 小时', late: '已超时 {n} 分钟', lateHours: '已超时 {n} 小时',
    noTime: '未约时间', urged: '客户催单', floor: '{n} 楼', floorUnknown: '楼层不详', lift_yes: '有电梯', lift_no: '无电梯', lift_unknown: '电梯不详',
    collect: '要收', voucher: '水票 {n} 张', cash: '现金 {money}', deposit: '含押金 {money}', empties: '空桶 {n} 个', nothing: '不用收钱', monthly: '月结',
    goods: '{name} × {qty} {unit}', qty: '{n} 桶', noPhone: '号码不可用', note: '备注', order: '订单 {no}', number: '第 {n} 单',
    call: '打电话', navigate: '导航', deliver: '送达', arrive: '我到了', fail: '送不了', show: '展开第 {n} 单', expand: '查看',
    accept: '接单', refuse: '拒单', answerIn: '{time} 内确认', answerLate: '确认时间已过，可能已派给别人', changed: '内容有变更',
  },
  state: {
    offered: '待接单', accepted: '已接单', picked_up: '配送中', arrived: '已到达', delivered: '已送达', failed: '未送成', withdrawn: '已撤回',
  },
  refuse: { title: '为什么不接？', full: '车已装满', far: '太远，来不及', broken: '车坏了', leaving: '马上下班', other: '其他原因', done: '已拒单' },
  navigate: { title: '用什么导航？', map: '手机地图', amap: '高德地图', copy: '复制地址', copied: '地址已复制，可粘贴到地图里搜索', failed: '不能自动复制，请长按地址复制', hint: '地图没有打开？复制地址后粘贴进去。' },
  deliver: {
    title: '确认送达', goods: '送了多少', ordered: '订了 {n} {unit}', short: '少送 {n} {unit}，会自动生成补送单。', empties: '收回空桶', expected: '应收 {n} 个',
    money: '收了多少钱', due: '应收 {money}', cash: '现金', wechat: '微信', allCash: '全部现金', allWechat: '全部微信', less: '少收 {money}，会记为客户欠款。', more: '多收 {money}，请确认金额。', vouchers: '收了几张水票',
    vouchersDue: '应收 {n} 张', photo: '拍照', note: '备注', notePlace: '例如：放在门口', confirm: '确认送达', saved: '已送达', savedOffline: '已记下，有网络后自动发送',
    badMoney: '请填写正确的金额，例如 20 或 20.5', nothing: '一件都没送，请选“送不了”。', gone: '这个任务已经结束。',
  },
  batch: {
    label: '批次号（桶口标签）', hint: '如 A20261120', stopped: '批次 {no} 已停售，不能留给客户。请换别的批次；没有就选“送不了 → 水质有问题”，把这批水带回站点。', unknown: '系统里没有这个批次，请再看一眼；确实是它也可以送达，站点会核对。',
  },
  photo: { take: '拍照', remove: '删除照片 {n}', alt: '照片 {n}', busy: '正在处理照片…', most: '最多 {n} 张' },
  fail: {
    title: '为什么送不了？', F1: '没人在家', F2: '地址不对', F3: '客户拒收', F4: '缺货', F5: '水质有问题', F6: '道路或天气', F7: '欠桶没还且超限',
    note: '说明', notePlace: '例如：打了三次电话没人接', confirm: '确认送不了', choose: '请先选一个原因。', saved: '已记录',
  },
  day: {
    title: '今天的结算', delivered: '送达', failed: '未送成', open: '未送', buckets: '送出', empties: '回收空桶', vouchers: '水票', orders: '{n} 单', pieces: '{n} 桶', sheets: '{n} 张', each: '{n} 个',
    money: '钱', due: '应收', cash: '现金', wechat: '微信', commission: '提成', handed: '已交', toHand: '还要交', handOver: '交款', amount: '交多少', ask: '交给站点 {money}，确定吗？',
    differs: '和还要交的 {money} 不一样，差 {diff}。', done: '已登记交款，等站点清点确认', declared: '等站点确认', confirmed: '{name} 已确认，实收 {money}', difference: '差 {money}',
    waiting: '含 {n} 项没同步的送达', none: '还没有读到结算数据', nothing: '现在没有要交的现金', asOf: '截至 {time}', signed: '{name} {time} 已签字日结。', history: '交款记录', products: '送出明细',
  },
  inbox: {
    title: '消息', none: '没有消息', noneHint: '没送成功的操作、被撤回或改动的任务会出现在这里。', seen: '知道了', older: '已看过', did: '您做的', at: '{time}', now: '现在', says: '系统说',
    conflict: '需要核对', applied: '已记下，站点会核对', rejected: '没有成功', photo: '照片没有传上', gone: '任务已撤回', changed: '任务有改动', goneHint: '不用送了。水如果已经送到，请打给站点。',
    changedHint: '请按新的内容送。', photoHint: '送达本身不受影响。', callHint: '弄不清楚就打给站点。', noTask: '系统里没有这个任务了', taskNo: '任务 {n}',
  },
  deed: {
    accept: '接单', refuse: '拒单', pick_up: '装车出发', arrive: '到达', deliver: '送达 {goods}', fail: '送不了：{why}', shiftOn: '上班', shiftOff: '下班', hand_over: '交款 {money}',
    with: '，{what}', vouchers: '水票 {n} 张', cash: '现金 {money}', wechat: '微信 {money}', empties: '空桶 {n} 个',
  },
  me: {
    title: '我的', station: '站点', language: '语言', theme: '外观', dark: '深色', light: '浅色', install: '安装到桌面', installHint: '在浏览器菜单里选“添加到主屏幕”，以后像应用一样打开。',
    installDo: '安装', sound: '来单提醒', soundTry: '试听', notify: '允许通知', notifyOn: '已允许', notifyOff: '被浏览器禁止，可在浏览器设置里打开', signOut: '退出登录', waiting: '待同步', waitingNone: '全部已同步',
    signOutAsk: '退出后，这部手机上的客户资料会删除。确定退出吗？', signOutWaiting: '还有 {n} 项没有同步！退出后不会发送，要等您再次在这部手机登录。确定退出吗？', syncNow: '立即同步', server: '服务器',
  },
}
