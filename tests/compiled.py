"""How do the applications of all tests share what one of them has compiled? By the text that it was compiled from."""

from __future__ import annotations

from types import CodeType

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket


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
