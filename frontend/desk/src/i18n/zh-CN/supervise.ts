export default {
  supervise: {
    start: '监听',
    startTitle: '监听 {name} 的通话，双方听不到您',
    listen: '监听',
    whisper: '密语',
    barge: '强插',
    leave: '结束监听',
    inListen: '正在监听 {name}：双方都听不到您',
    inWhisper: '密语：只有 {name} 听得到您',
    inBarge: '强插：{name} 和客户都听得到您',
    ways: '监听方式',
  },
}
