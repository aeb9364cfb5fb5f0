"""Does the list of somebody's logins keep its words whole, and within its panel, wherever it stands as a table?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import ViewportSize

from tests.browsing import Person

pytest_plugins = ["tests.browsers"]
BROKEN = """() => [...document.querySelectorAll(".list tbody :is(td, th)")].flatMap(cell => {
  const words = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange(), broken = [];
  while (words.nextNode()) {
    if (words.currentNode.parentElement.matches("[dir=ltr], .unseen")) continue;
    for (const word of words.currentNode.data.matchAll(/[\\p{L}\\p{N}:]+/gu)) {
      range.setStart(words.currentNode, word.index);
      range.setEnd(words.currentNode, word.index + word[0].length);
      if (range.getClientRects().length > 1) broken.push(word[0]);
    }
  }
  return broken;
})"""
TOO_WIDE = "() => { const list = document.querySelector('.list'); return list.scrollWidth > list.closest('.panel').clientWidth; }"


@pytest.mark.parametrize("address", ["192.0.2.123", "2001:db8:1234:5678:9abc:def0:1234:5678"])
def test_no_word_of_the_list_of_logins_is_broken(person: Callable[..., Person], address: str) -> None:
    somebody = person().is_home(administrator=True)
    user = somebody.town.value('SELECT id FROM "user" WHERE phone = :phone', phone=somebody.number)
    somebody.town.writes("UPDATE sign_in SET address = :address WHERE user_id = :user", address=address, user=user)
    somebody.opens(f"/admin/users/{user}/logins")
    for width in (1280, 1100, 1050, 1045, 780, 390):
        somebody.page.set_viewport_size(ViewportSize(width=width, height=800))
        assert somebody.page.evaluate(BROKEN) == [], width
        assert not somebody.page.evaluate(TOO_WIDE), width
