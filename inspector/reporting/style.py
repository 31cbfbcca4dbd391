"""How the HTML of a report looks: light and dark, on a phone and on paper."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --back: #fff; --card: #f6f7f9; --text: #1b1f24; --faint: #57606a; --line: #d5d9df;
  --good: #1a7f37; --bad: #b3141f; --unsure: #8a5a00; --mark: #fff1c2; --plus: #e2f5e6; --minus: #fde5e6; --link: #1f5fbf; }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --card: #1d2126; --text: #e4e7eb; --faint: #9aa4af;
  --line: #363c44; --good: #57c878; --bad: #ff7b81; --unsure: #e3b341; --mark: #4a3d10; --plus: #173622; --minus: #46191c;
  --link: #7fb2ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .6rem; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .7rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.3rem 0 .4rem; }
p { margin: .5rem 0; }
.badge { display: inline-block; padding: .1rem .65rem; border-radius: 1rem; border: 1.5px solid currentColor; font-weight: 600;
  font-size: .9rem; }
.agree, .identical, .agrees, .ok { color: var(--good); } .undecided, .unknown { color: var(--unsure); }
.differ, .differs, .factor, .shape, .nonfinite, .failed, .error { color: var(--bad); } .skipped, .faint { color: var(--faint); }
.headline { font-size: 1.08rem; margin: .8rem 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: .8rem 0; }
dt { color: var(--faint); } dd { margin: 0; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .38rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 600; background: var(--card); }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--back); font-weight: 600; }
thead th:first-child { background: var(--card); } th:nth-child(3), td:nth-child(3) { text-align: left; }
td:nth-child(3) { font-weight: 600; }
tr:last-child td { border-bottom: 0; }
tr.remark td { white-space: normal; text-align: left; font-weight: 400; color: var(--faint); position: static;
  padding-top: 0; overflow-wrap: anywhere; }
tr.told td { border-bottom: 0; }
.checks td { white-space: normal; text-align: left; vertical-align: top; }
.checks td:nth-child(3) { font-weight: 400; } .checks td:first-child, .checks td:nth-child(2) { white-space: nowrap; }
pre { margin: .6rem 0; padding: .6rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow-x: auto;
  font: .84rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: normal; }
pre > span { display: block; padding: 0 .9rem; min-width: max-content; }
pre .number { display: inline-block; width: 3.4em; color: var(--faint); user-select: none; }
pre .here { background: var(--mark); font-weight: 700; } pre .plus { background: var(--plus); } pre .minus { background: var(--minus); }
.finding { padding: .8rem 1rem; margin: .8rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.finding > :first-child { margin-top: 0; } .finding > :last-child { margin-bottom: 0; }
.finding pre { background: var(--back); } .kind { font-weight: 700; }
code { font: .86em ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
figure { margin: 1.2rem 0; } figure img { display: block; width: 100%; height: auto; background: #fff; padding: .5rem;
  border: 1px solid var(--line); border-radius: 8px; }
figcaption { margin-top: .4rem; color: var(--faint); font-size: .9rem; }
ul { padding-left: 1.2rem; } li { margin: .25rem 0; }
footer { margin-top: 3rem; color: var(--faint); font-size: .85rem; }
@media (max-width: 40rem) { body { padding: 1.2rem .9rem 3rem; } h1 { font-size: 1.4rem; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; } th, td { padding: .35rem .5rem; } .finding { padding: .7rem .8rem; } figure { overflow-x: auto; }
  figure img { min-width: 34rem; } }
@media print { :root { --back: #fff; --card: #f6f7f9; --text: #000; --faint: #444; --line: #bbb; --good: #1a7f37; --bad: #b3141f;
  --unsure: #8a5a00; --mark: #fff1c2; --plus: #e2f5e6; --minus: #fde5e6; } body { max-width: none; padding: 0; font-size: 10pt; }
  .wide, pre { overflow: visible; } pre { white-space: pre-wrap; } pre > span { min-width: 0; } table { font-size: 7.5pt; }
  th, td { padding: .2rem .3rem; } figure, .finding, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
"""
