"""How does a browser send a form that holds files? As multipart/form-data (RFC 7578)."""

from __future__ import annotations

BOUNDARY = "----------------------------portal-tests"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(values: list[tuple[str, str]], files: dict[str, tuple[str, bytes]]) -> bytes:
    """The body of a form with these fields, and files by their field: name and content."""
    parts = [_part(f'name="{name}"', value.encode()) for name, value in values if name not in files]
    parts += [_part(f'name="{field}"; filename="{name}"', content) for field, (name, content) in files.items()]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _part(named: str, content: bytes) -> bytes:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {named}\r\n\r\n".encode() + content + b"\r\n"
