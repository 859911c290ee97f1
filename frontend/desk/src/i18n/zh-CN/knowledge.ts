export default {
  knowledge: {
    search: '查知识',
    hint: '输入几个字或拼音首字母，例如：水票、tp',
    none: '没有找到。',
    say: '对客户说',
    use: '用上了，记入小结',
    unuse: '不记入小结',
    used: '已记入小结',
    uses: '近 30 天 {n} 次',
    missed: '没找到“{words}”，告诉站长',
    told: '已记下，站长会补上。',
    joint: '，',
  },
}
