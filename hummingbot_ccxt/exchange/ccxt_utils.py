"""What Hummingbot's scan of connectors reads: one domain `ccxt_<id>` per exchange of the registry.

Imported at every start of Hummingbot, so it reads the registry's files only and never imports ccxt, nor our mappings.

**How Hummingbot calls `CcxtExchange`** (client/settings.py, `ConnectorSetting.conn_init_parameters`, 20260922; all by
keyword). For the connector `ccxt_<id>`, always:

- one keyword per required credential: `ccxt_api_key`, `ccxt_secret`, `ccxt_uid`, `ccxt_account_id`, `ccxt_login`,
  `ccxt_password`, `ccxt_twofa`, `ccxt_private_key`, `ccxt_wallet_address`, `ccxt_token` (KEYWORDS below). Plain `str`.
  Hummingbot replaces `ccxt_<id>` in the key's name by the parent's name `ccxt`. Without keys (paper trade, market data
  for controllers, list of trading pairs) each is the empty string, or is absent altogether.
- `domain="<id>"`, ccxt's id.
- `rate_limits_share_pct`: `Decimal`, 100 by default.
- `trading_pairs`: `list[str]`, may be empty; `trading_required`: `bool`.
- `balance_asset_limit`: `dict[str, dict[str, Decimal]] | None` (None from `connect`, `{}` from paper trade).

For the parent `ccxt` itself (only where somebody asks for it, or with `fetch_pairs_from_all_exchanges`): `domain=""`,
`trading_pairs`, `trading_required`, `balance_asset_limit`, and nothing else.

Paper trade: `ccxt_binance_paper_trade` builds `CcxtExchange(domain="binance", trading_required=False, ...)` without
keys and takes its `order_book_tracker`.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from hummingbot import root_path
from hummingbot.client.config.config_data_types import BaseConnectorConfigMap
from hummingbot.core.data_type.trade_fee import TradeFeeSchema
from pydantic import ConfigDict, Field, SecretStr, field_validator

from hummingbot_ccxt import registry
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.exchange_info import ExchangeInfo
from hummingbot_ccxt.registry import MappedFees

CENTRALIZED = True
EXAMPLE_PAIR = "BTC-USDT"

KEYWORDS = {
    "apiKey": "api_key",
    "secret": "secret",
    "uid": "uid",
    "accountId": "account_id",
    "login": "login",
    "password": "password",
    "twofa": "twofa",
    "privateKey": "private_key",
    "walletAddress": "wallet_address",
    "token": "token",
}
"""ccxt's name of a credential -> the end of its key's name: `ccxt_<id>_<end>` in files, `ccxt_<end>` in the call. What
a newer ccxt adds is named in the same way: `signerKey` becomes `signer_key`."""

PROMPTS = {
    "apiKey": "API key",
    "secret": "API secret",
    "uid": "user id (UID)",
    "accountId": "account id",
    "login": "login",
    "password": "API password (passphrase)",
    "twofa": "two-factor secret",
    "privateKey": "private key",
    "walletAddress": "wallet address",
    "token": "access token",
}

ASSUMED_FEE = Decimal("0.002")
"""Maker and taker where ccxt declares none: the median, and the most usual, of the taker fees that it does declare.
Hummingbot needs a figure to plan with; the account's own fees replace it as soon as they can be fetched."""


def fee_schema(info: ExchangeInfo, mapped: MappedFees | None = None) -> TradeFeeSchema:
    """Fees to plan with until the account's own are known, as fractions: the mapping's, else ccxt's, else ASSUMED_FEE.

    Bought coins are paid out less the fee where the mapping says so, or else ccxt that the received side pays
    (`feeSide` "get"); never where all fees are in a third asset.
    """
    mapped = mapped or MappedFees()
    maker, taker = (
        next((fee for fee in figures if fee is not None), ASSUMED_FEE)
        for figures in ((mapped.maker, info.maker), (mapped.taker, info.taker))
    )
    charged = mapped.charged or ("deducted_from_returns" if info.fee_side == "get" else "added_to_cost")
    return TradeFeeSchema(
        percent_fee_token=mapped.percent_fee_token,
        maker_percent_fee_decimal=maker,
        taker_percent_fee_decimal=taker,
        buy_percent_fee_deducted_from_returns=charged == "deducted_from_returns" and mapped.percent_fee_token is None,
    )


def mapped_fees() -> dict[str, MappedFees]:
    """What the mappings say of fees, by ccxt id: a mapping of the user's or of another package's in place of ours.

    Only the former are loaded. One that cannot be loaded says nothing here; it is refused when its connector is built.
    """
    fees = dict(registry.mapped_fees())
    for exchange_id, folder in mapped_elsewhere():
        from hummingbot_ccxt.mapping import load_mapping  # 20 ms, which few users have to pay

        try:
            said = load_mapping(exchange_id, folder).fees
        except HummingbotCcxtError:
            continue
        fees[exchange_id] = MappedFees(said.maker, said.taker, said.charged, said.percent_fee_token)
    return fees


def mapped_elsewhere() -> Iterator[tuple[str, Path | None]]:
    """The exchanges whose mapping is not ours, and the folder that the user's configuration names for it, if any."""
    folders = configured_folders() if (conf_folder() / "hummingbot_ccxt.yml").exists() else {}
    for exchange_id in sorted({*folders, *registry.mapping_entry_points()}):
        folder = folders.get(exchange_id)
        if exchange_id in registry.mapping_entry_points() or (folder and (folder / f"{exchange_id}.py").is_file()):
            yield exchange_id, folder


def configured_folders() -> dict[str, Path]:
    """The mapping folders that the user's configuration names, by ccxt id; none of a file that cannot be read."""
    from hummingbot_ccxt import configuration  # yaml: 40 ms, for those who have the file

    try:
        settings = configuration.read(configuration.default_path())
    except HummingbotCcxtError:  # told when a connector is built
        return {}
    return {exchange_id: own.folder for exchange_id, own in settings.items() if own.folder}


def conf_folder() -> Path:
    """Where this Hummingbot keeps its configuration."""
    return Path(root_path()) / "conf"


def dropped_with_keys() -> list[ExchangeInfo]:
    """The exchanges that the installed ccxt lacks and whose keys the user has stored.

    They stay in Hummingbot's list, and are refused when they are built: Hummingbot loads every stored configuration
    before it unlocks, and one of a connector that it does not know makes that fail for all of them.
    """
    stored = conf_folder() / "connectors"
    dropped = [each.info for each in registry.current().dropped.values()]
    return [info for info in dropped if (stored / f"{info.connector}.yml").is_file()]


def config_map_class(info: ExchangeInfo) -> type[BaseConnectorConfigMap]:
    """The config map of `ccxt_<id>`: a secret field for each credential that ccxt requires of this exchange.

    pydantic's schema is built at first use: 87 of them at each start would double the time of the scan.
    """
    annotations: dict[str, Any] = {"connector": str}
    fields: dict[str, Any] = {"connector": info.connector}
    for credential in info.credentials:
        ending = KEYWORDS.setdefault(credential, re.sub(r"(?<!^)(?=[A-Z])", "_", credential).lower())
        attribute = f"{info.connector}_{ending}"
        annotations[attribute] = SecretStr
        fields[attribute] = Field(
            default=...,
            json_schema_extra={
                "prompt": f"Enter your {info.name} {PROMPTS.get(credential, credential)}",
                "is_secure": True,
                "is_connect_key": True,
                "prompt_on_new": True,
            },
        )
    name = f"Ccxt{info.id.capitalize()}ConfigMap"
    namespace = {
        "__module__": __name__,
        "__qualname__": name,
        "__annotations__": annotations,
        "model_config": ConfigDict(title=info.connector, defer_build=True),
        **fields,
    }
    return type(BaseConnectorConfigMap)(name, (BaseConnectorConfigMap,), namespace)


class CcxtConfigMap(BaseConnectorConfigMap):
    """The config map of the parent `ccxt`, which no one can connect: it says so.

    Hummingbot lists a parent beside its domains whatever we do, and its interactive `connect` breaks on a connector
    without a config map.
    """

    connector: str = "ccxt"
    domain: str = Field(
        default=...,
        json_schema_extra={
            "prompt": "`ccxt` stands for all ccxt connectors and takes no keys. Leave this (Ctrl-X) and connect one of "
            "them: ccxt_<exchange>, for example ccxt_kraken",
            "is_secure": False,
            "is_connect_key": True,
            "prompt_on_new": True,
        },
    )
    model_config = ConfigDict(title="ccxt")

    @field_validator("domain", mode="before")
    @classmethod
    def refuse(cls, value: Any) -> str:
        exchange = str(value).strip().lower().removeprefix("ccxt_")
        wanted = exchange if exchange in registry.exchanges() else "kraken"
        raise ValueError(f"`ccxt` takes no keys: connect ccxt_{wanted} instead")


DEFAULT_FEES = TradeFeeSchema(maker_percent_fee_decimal=ASSUMED_FEE, taker_percent_fee_decimal=ASSUMED_FEE)
KEYS = CcxtConfigMap.model_construct()

OTHER_DOMAINS: list[str] = []
OTHER_DOMAINS_PARAMETER: dict[str, str] = {}
OTHER_DOMAINS_EXAMPLE_PAIR: dict[str, str] = {}
OTHER_DOMAINS_DEFAULT_FEES: dict[str, TradeFeeSchema] = {}
OTHER_DOMAINS_KEYS: dict[str, BaseConnectorConfigMap] = {}

_mapped_fees = mapped_fees()
for _info in (*registry.exchanges().values(), *dropped_with_keys()):
    OTHER_DOMAINS.append(_info.connector)
    OTHER_DOMAINS_PARAMETER[_info.connector] = _info.id
    OTHER_DOMAINS_EXAMPLE_PAIR[_info.connector] = _info.example_pair
    OTHER_DOMAINS_DEFAULT_FEES[_info.connector] = fee_schema(_info, _mapped_fees.get(_info.id))
    OTHER_DOMAINS_KEYS[_info.connector] = config_map_class(_info).model_construct()
