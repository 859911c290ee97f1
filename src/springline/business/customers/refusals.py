"""What services refuse, as the API's one shape of errors."""

from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import Customer, CustomerAddress
from springline.business.http import ApiError, english, not_found

_UNPROCESSABLE = {"bad_number", "nobody", "not_personal", "unknown_county", "same"}


class Refusals:
    """Turns what services refuse into the API's one shape of errors."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, CustomerRefusal):
            raise api_error(error) from None
        if isinstance(error, (Customer.DoesNotExist, CustomerAddress.DoesNotExist)):
            raise not_found("unknown_customer") from None


def api_error(error: CustomerRefusal) -> ApiError:
    status = 422 if error.code in _UNPROCESSABLE else 409
    return ApiError(status, error.code, error.en if english() else error.zh, error.detail)
