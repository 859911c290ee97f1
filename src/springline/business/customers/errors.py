"""What a service refuses, with a stable code and a sentence in both languages."""


class CustomerRefusal(Exception):
    """`detail` is for the screen: ids, field names, what changed."""

    def __init__(self, code: str, zh: str, en: str, detail: object = None) -> None:
        super().__init__(code)
        self.code, self.zh, self.en, self.detail = code, zh, en, detail


def bad_number(code: str) -> CustomerRefusal:
    zh, en = NUMBER_PROBLEMS[code]
    return CustomerRefusal("bad_number", zh, en)


NUMBER_PROBLEMS = {
    "empty": ("没有填写电话号码。", "There is no phone number."),
    "scientific": (
        "表格软件把号码变成了科学计数法，尾数已丢失。",
        "The spreadsheet has rounded the number's digits away.",
    ),
    "invalid": ("这不是有效的电话号码。", "This is not a valid phone number."),
}
