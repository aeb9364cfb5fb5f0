"""How do the applications of all tests share what one of them has compiled? By what it was compiled from."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import ClassVar

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from portal import Portal


def once() -> None:
    """Let every application that is made from now on look here first."""
    Portal.jinja_options = Portal.jinja_options | {"bytecode_cache": Templates()}
    Portal.url_rule_class = Route


class Templates(BytecodeCache):
    """The code of templates for as long as the tests run: nearly every test has an application that has compiled none yet."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], CodeType] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """Where the code lies. Told apart by the text as it is compiled, which has the sentences of one language in it."""
        return super().get_bucket(environment, name, filename, environment.preprocess(source, name, filename))

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self.kept[bucket.key, bucket.checksum] = bucket.code


class Route(Rule):
    """A rule for addresses. What builds an address from it is compiled, too: most of what making an application costs."""

    compiled: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made_from = self.rule, tuple(self._trace), repr(self.defaults), append_unknown
        if made_from not in self.compiled:
            self.compiled[made_from] = super()._compile_builder(append_unknown)
        return self.compiled[made_from]
