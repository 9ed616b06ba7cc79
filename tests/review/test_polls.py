"""Polls of what has no stream: nothing that an answer may be ends them."""


async def test_a_poll_of_books_outlives_an_answer_that_is_no_book_at_all(bots, account, market, monkeypatch):
    bot = await bots.start(account, polled=frozenset({"book"}), ready=False)
    bot.connector.poll_interval_s = 0.1
    await bot.until(lambda: bot.connector.ready, "ready")
    answers = [None]
    fetch = bot.client.fetch_order_book

    async def fetch_once_nothing(*args, **params):
        return answers.pop() if answers else await fetch(*args, **params)

    monkeypatch.setattr(bot.client, "fetch_order_book", fetch_once_nothing)
    await bot.until(lambda: not answers, "the answer")
    market.bid("59991", "0.1")
    await bot.book_right()
    assert len(bot.logged("polling BTC-USDT failed")) == 1
