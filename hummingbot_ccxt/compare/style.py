"""Colours and shapes of the report, on top of those of the demo's."""

from hummingbot_ccxt.demo.page import STYLE as HOUSE_STYLE

STYLE = (
    HOUSE_STYLE
    + """
:root { --fine: #0b8f6f; --warn: #b97a00; } @media (prefers-color-scheme: dark) { :root { --warn: #e0a83a;
  --fine: #35c49b; } }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
.tile b.ours_better { color: var(--buy); } .tile b.native_better { color: var(--sell); }
.tile b.unclassified { color: var(--warn); }
.badge { display: inline-block; min-width: 1.7em; padding: 0 7px; border-radius: 999px; text-align: center;
  font-size: 12.5px;
  font-variant-numeric: tabular-nums; border: 1px solid var(--rule); color: var(--dim); white-space: nowrap; }
.badge.ours_better { background: var(--buy); border-color: var(--buy); color: #fff; }
.badge.native_better { background: var(--sell); border-color: var(--sell); color: #fff; }
.badge.unclassified { background: var(--warn); border-color: var(--warn); color: #fff; }
.badge.accepted { border-color: var(--hold); color: var(--ink); }
details > summary { cursor: pointer; padding: 5px 0; list-style: none; display: flex; gap: 6px 12px;
  flex-wrap: wrap;
  align-items: baseline; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "▸"; color: var(--dim); width: .8em; } details[open] > summary::before { content: "▾"; }
summary .name { font-weight: 600; } summary .marks { margin-left: auto; display: flex; gap: 5px; }
details.scenario { border-top: 1px solid var(--rule); } details.scenario[open] { padding-bottom: 14px; }
.reason { border-top: 1px solid var(--rule); padding: 8px 0; display: grid; grid-template-columns: 128px 1fr;
  gap: 2px 12px; }
.reason p { min-width: 0; } .reason .where { grid-column: 2; font-size: 13px; color: var(--dim);
  overflow-wrap: anywhere; }
table.facts td, table.facts th { text-align: left; white-space: normal; overflow-wrap: anywhere;
  vertical-align: top;
  font-size: 13px; padding: 5px 10px 5px 0; } table.facts td { min-width: 90px; max-width: 300px; }
table.facts td.value { overflow-wrap: break-word; } table.facts td[rowspan] { min-width: 230px; }
td.right { color: var(--fine); } td.wrong { color: var(--sell); }
.line { display: grid; grid-template-columns: minmax(0, 1fr) minmax(120px, 300px) minmax(0, 1fr); gap: 3px 14px;
  margin: 12px 0;
  font-size: 13px; align-items: center; }
.line .head { color: var(--dim); } .line .left { text-align: right; } .line .mid { text-align: center; }
.line .step { text-align: center; background: var(--band); border-radius: 6px; padding: 2px 8px; }
.line .step.only { background: none; border: 1px dashed var(--hold); }
.line .at { color: var(--dim); font-size: 11.5px; }
.line .at:first-of-type, .line .at:has(+ .step) { text-align: right; }
.thread { height: 1px; background: var(--rule); } .thread.apart { height: 0; background: none;
  border-top: 2px dashed var(--warn); }
.chip { display: inline-block; padding: 0 8px; border-radius: 6px; border-left: 4px solid var(--hold);
  background: var(--paper); }
.chip.made { border-color: var(--accent); } .chip.fill { border-color: var(--buy); }
.chip.full { border-color: var(--mid); }
.chip.gone { border-color: var(--hold); } .chip.fail { border-color: var(--sell); } .none { color: var(--hold); }
small { color: var(--dim); }
main { max-width: 1240px; }
"""
)
