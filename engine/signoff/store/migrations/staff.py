"""The tables of the directory as the first release made them. Part of revision 0001; never changed after a release."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Create them all."""
    _band()
    _ceiling()
    _department()
    _login()
    _membership()
    _people_group()
    _person()
    _substitute()


def _band() -> None:
    op.create_table(
        "signoff_band",
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("least", sa.Text(), nullable=False),
        sa.Column("below", sa.Text(), nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("line", "seat", name="signoff_band_pk"),
    )
    op.create_index("signoff_band_category_ix", "signoff_band", ["category"], unique=False)


def _ceiling() -> None:
    op.create_table(
        "signoff_ceiling",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "holder", "category", "currency", name="signoff_ceiling_pk"),
    )


def _department() -> None:
    op.create_table(
        "signoff_department",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("parent", sa.Text(), server_default="", nullable=False),
        sa.Column("head", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="signoff_department_pk"),
    )


def _login() -> None:
    op.create_table(
        "signoff_login",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("login", name="signoff_login_pk"),
        sqlite_with_rowid=False,
    )


def _membership() -> None:
    op.create_table(
        "signoff_membership",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("belongs", sa.Boolean(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "person", name="signoff_membership_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("signoff_membership_person_ix", "signoff_membership", ["person"], unique=False)


def _people_group() -> None:
    op.create_table(
        "signoff_people_group",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="signoff_people_group_pk"),
    )


def _person() -> None:
    op.create_table(
        "signoff_person",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("department", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("manager", sa.Text(), server_default="", nullable=False),
        sa.Column("mail", sa.Text(), server_default="", nullable=False),
        sa.Column("lang", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("data", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="signoff_person_pk"),
    )
    op.create_index("signoff_person_department_ix", "signoff_person", ["department"], unique=False)
    op.create_index("signoff_person_title_ix", "signoff_person", ["title"], unique=False)


def _substitute() -> None:
    op.create_table(
        "signoff_substitute",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("substitute", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("process", sa.Text(), server_default="", nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column("most", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("onward", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="signoff_substitute_pk"),
    )
    op.create_index(
        "signoff_substitute_principal_ix", "signoff_substitute", ["principal", "until"], unique=False
    )
    op.create_index(
        "signoff_substitute_substitute_ix", "signoff_substitute", ["substitute", "until"], unique=False
    )
