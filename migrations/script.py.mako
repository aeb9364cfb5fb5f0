<%!
    def plain(text):
        lines = [line for line in (text or "").split("\n") if "### " not in line]
        return "\n".join(lines).strip() or "pass"
%>"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades | plain}


def downgrade() -> None:
    ${downgrades | plain}
