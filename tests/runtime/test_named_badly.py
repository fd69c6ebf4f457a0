"""Whatever is given for a name is looked for, not found, and refused as such."""

import pytest

from signoff.errors import NotFound
from signoff.testing import Sandbox


@pytest.mark.parametrize("name", ["", " ", "x" * 60_000, "%", "_" * 30, "a:b"])
def test_a_name_that_is_none_is_not_found(name: str) -> None:
    box = Sandbox(people={"ann": {}})
    for find in (box.engine.find, box.engine.locate, lambda text: box.engine.start(text, by="ann")):
        with pytest.raises(NotFound):
            find(name)
