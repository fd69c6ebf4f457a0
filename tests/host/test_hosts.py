"""Each host reaches the database of the test, and its transaction can be left behind."""

import asyncio

import pytest
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


def _insert_and_fail(connection: BaseDatabaseWrapper, turn: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO host VALUES (%s)", [turn])
        raise LookupError(turn)


@pytest.mark.parametrize("turn", [1, 2])
def test_a_django_transaction_is_rolled_back_whole(django_connection: BaseDatabaseWrapper, turn: int) -> None:
    with django_connection.cursor() as cursor:
        cursor.execute("CREATE TABLE host (turn integer)")
    with pytest.raises(LookupError):
        _insert_and_fail(django_connection, turn)
    with django_connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM host")
        assert cursor.fetchone() == (0,)


def test_an_asyncio_engine_reaches_the_same_database(async_database: str) -> None:
    async def ask() -> int:
        engine = create_async_engine(async_database)
        async with engine.connect() as connection:
            answer: int = (await connection.execute(text("SELECT 42"))).scalar_one()
        await engine.dispose()
        return answer

    assert asyncio.run(ask()) == 42
