"""Types that the desk's endpoints share: row numbers, versions, and answers to refusals."""

from typing import Annotated

from ninja import Field

from digests.desk.api.errors import REFUSED, Problem
from digests.models.numbers import MAX_PK

ANSWERS = {**REFUSED, 422: Problem}
type Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
type Number = Annotated[int, Field(ge=1, le=MAX_PK)]
