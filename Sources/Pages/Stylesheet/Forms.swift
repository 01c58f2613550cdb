// Forms and tables.

extension Stylesheet {
    static let forms = #"""
    .form{display:grid;gap:var(--s4);max-width:38rem}
    .form.inline{display:flex;flex-wrap:wrap;gap:var(--s3);align-items:end;max-width:none}
    .form.inline .field{flex:1 1 12rem;max-width:22rem}
    .pair{display:grid;gap:var(--s4);grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr));align-items:start}
    .field{display:grid;gap:var(--s1);min-width:0}
    .field label,.legend{font-weight:600;font-size:.9375rem}
    .field .optional{font-weight:400;color:var(--ink-3);font-size:var(--t-note)}
    .field .hint{color:var(--ink-3);font-size:var(--t-note)}
    .field .problem{color:var(--poor);font-size:var(--t-note);font-weight:600;display:flex;gap:.35em}
    .field .problem::before{content:"!" / "";flex:none;width:1.25em;height:1.25em;line-height:1.25em;text-align:center;border-radius:50%;background:var(--poor);color:var(--surface);font-size:.8em;margin-top:.15em}
    input,select,textarea{font:inherit;color:var(--ink);background:var(--raised);border:1px solid var(--line-strong);border-radius:var(--r1);padding:.5rem .75rem;min-height:2.75rem;width:100%;min-width:0}
    input:hover,select:hover,textarea:hover{border-color:var(--accent)}
    input:focus-visible,select:focus-visible,textarea:focus-visible{outline-offset:0;border-color:var(--accent)}
    textarea{min-height:9rem;resize:vertical;line-height:1.5}
    [aria-invalid=true]{border-color:var(--poor);border-width:2px}
    input[type=checkbox],input[type=radio]{width:1.5rem;height:1.5rem;min-height:0;accent-color:var(--accent);flex:none;margin:0}
    input[type=file]{padding:.4rem;background:var(--sunken);border-style:dashed}
    ::file-selector-button{font:inherit;font-weight:600;border:1px solid var(--line-strong);background:var(--surface);color:var(--ink);border-radius:var(--r1);padding:.35rem .75rem;margin-right:.75rem;cursor:pointer}
    input[type=search]{padding-left:.75rem}
    .choice{display:flex;gap:var(--s3);align-items:flex-start;padding:var(--s3);border:1px solid var(--line);border-radius:var(--r1);cursor:pointer;min-height:2.75rem}
    .choice:has(:checked){border-color:var(--accent);background:var(--accent-soft)}
    .choice:focus-within{outline:3px solid var(--accent);outline-offset:2px}
    .choice :focus-visible{outline:none}
    .choice b{display:block;font-weight:600}.choice span{font-size:var(--t-note);color:var(--ink-2)}
    .choices{display:grid;gap:var(--s2);border:0}
    .with-unit{display:grid;grid-template-columns:minmax(0,1fr) auto}
    .with-unit input{border-start-end-radius:0;border-end-end-radius:0}
    .with-unit select,.with-unit .unit{width:auto;border-start-start-radius:0;border-end-start-radius:0;border-left:0;background:var(--sunken);color:var(--ink-2)}
    .with-unit .unit{display:flex;align-items:center;border:1px solid var(--line-strong);border-left:0;border-start-end-radius:var(--r1);border-end-end-radius:var(--r1);padding:0 .75rem;font-size:var(--t-note)}
    fieldset{border:0;min-width:0}
    fieldset.group{border:1px solid var(--line);border-radius:var(--r2);background:var(--surface);padding:var(--s4) var(--s5) var(--s5);box-shadow:var(--shadow)}
    fieldset.group>legend{float:left;width:100%;font-weight:650;font-size:var(--t-large);margin-bottom:var(--s3)}
    fieldset.group>legend+*{clear:both}
    .measures{display:grid;gap:var(--s4);grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));align-items:start}
    output.preview{display:block;padding:var(--s3) var(--s4);border-radius:var(--r1);background:var(--accent-soft);color:var(--ink);font-size:.9375rem}
    output.preview:empty{display:none}
    """#

    static let tables = #"""
    .table-wrap{overflow-x:auto}
    .table{width:100%;border-collapse:collapse;font-size:.9375rem}
    .table th{text-align:left;font-size:var(--t-small);font-weight:600;color:var(--ink-3);padding:var(--s2) var(--s4);border-bottom:1px solid var(--line);white-space:nowrap}
    .table td{padding:.7rem var(--s4);border-bottom:1px solid var(--line);vertical-align:middle}
    .table tr>:first-child{padding-left:var(--s5)}.table tr>:last-child{padding-right:var(--s5)}
    .table tbody tr:last-child td{border-bottom:0}
    .table tbody tr:hover{background:var(--sunken)}
    .table td a{display:inline-block;min-height:1.5rem;text-decoration-color:transparent}.table td a:hover{text-decoration-color:currentColor}
    .table td:first-child a{font-weight:600}
    .table .badge{white-space:nowrap}
    .table .n{text-align:right;font-variant-numeric:tabular-nums}
    .table caption{text-align:left;padding:0 var(--s5) var(--s2);color:var(--ink-3);font-size:var(--t-note)}
    .table.small td,.table.small th{padding-block:.4rem}
    .pager{display:flex;gap:var(--s3);align-items:center;justify-content:space-between;padding:var(--s3) var(--s5);border-top:1px solid var(--line);font-size:var(--t-note);color:var(--ink-3)}
    @media (max-width:44rem){
    .table.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    .table.cards,.table.cards tbody,.table.cards tr,.table.cards td{display:block}
    .table.cards tr{padding:var(--s3) var(--s4);border-bottom:1px solid var(--line)}
    .table.cards tbody tr:last-child{border-bottom:0}
    .table.cards td,.table.cards tr>:first-child,.table.cards tr>:last-child{border:0;padding:.15rem 0;display:flex;gap:var(--s3);justify-content:space-between;text-align:right}
    .table.cards td:first-child{text-align:left;font-size:var(--t-body);padding-bottom:var(--s1)}
    .table.cards td[data-label]::before{content:attr(data-label);color:var(--ink-3);font-size:var(--t-note);text-align:left;flex:none}
    .table.cards td:empty{display:none}
    .card>header,.card>.body,.card>footer,.list>li,.pager,.message{padding-inline:var(--s4)}
    fieldset.group{padding-inline:var(--s4)}}
    """#

    static let charts = #"""
    .chart{display:block;width:100%;max-width:46rem;height:auto;font-family:var(--font);overflow:visible}
    .chart text{fill:var(--ink-3);font-size:10px}
    @media (max-width:44rem){.chart text{font-size:14px}}
    .chart .label{fill:var(--ink);font-weight:600}
    .chart .axis{stroke:var(--line);stroke-width:1;fill:none}
    .chart .line{stroke:var(--accent);stroke-width:2.5;fill:none;stroke-linejoin:round;stroke-linecap:round}
    .chart .dot{fill:var(--surface);stroke:var(--accent);stroke-width:2.5}
    .chart .last{fill:var(--accent)}
    .chart .band.good,.chart .band.fair,.chart .band.poor,.chart .band.info,.chart .band.plain{background:none}
    .chart .band{opacity:.85}
    .chart .band.good{fill:var(--good-soft)}.chart .band.fair{fill:var(--fair-soft)}.chart .band.poor{fill:var(--poor-soft)}.chart .band.info{fill:var(--info-soft)}.chart .band.plain{fill:var(--plain-soft)}
    .chart .fill.good{fill:var(--good-mark)}.chart .fill.fair{fill:var(--fair-mark)}.chart .fill.poor{fill:var(--poor-mark)}.chart .fill.info{fill:var(--info-mark)}.chart .fill.plain{fill:var(--plain-mark)}.chart .fill.accent{fill:var(--accent)}
    .chart .stroke.good{stroke:var(--good-mark)}.chart .stroke.fair{stroke:var(--fair-mark)}.chart .stroke.poor{stroke:var(--poor-mark)}.chart .stroke.info{stroke:var(--info-mark)}.chart .stroke.plain{stroke:var(--plain-mark)}.chart .stroke.accent{stroke:var(--accent)}
    .chart .track{fill:var(--sunken)}
    .spark{width:7rem;height:2rem}
    .shares{height:1.625rem;max-width:none}
    .chart+.legend-row{margin-top:var(--s3)}
    .legend-row{display:flex;flex-wrap:wrap;gap:var(--s2) var(--s4);list-style:none;font-size:var(--t-small)}
    details.data>summary{cursor:pointer;font-size:var(--t-note);color:var(--accent);min-height:1.75rem;display:inline-flex;align-items:center;text-decoration:underline;text-underline-offset:.18em}
    """#
}
