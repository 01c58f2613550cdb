// Tickets: notes among staff stand out from what the customer reads; the history is a quiet list.

extension Stylesheet {
    static let tickets = #"""
    .message.internal{background:var(--fair-soft);border:1px dashed var(--fair);margin-left:clamp(0rem,4vw,3rem)}
    .message.internal>header span{color:var(--fair);font-weight:600}
    .history{list-style:none;margin-top:var(--s3);display:grid;gap:var(--s3)}
    .history li{display:grid;gap:.15rem;font-size:var(--t-note);border-left:2px solid var(--line);padding-left:var(--s3)}
    #tickets td:first-child .note a{font-weight:400}
    @media (min-width:44rem){#tickets td:first-child{min-width:15rem}}
    .facts dd time{white-space:normal}
    .together{list-style:none;padding:0!important;display:grid;gap:var(--s3)}
    .together li{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s3);align-items:center}.together a{flex:1 1 100%;min-height:1.5rem;overflow-wrap:anywhere}
    .files{list-style:none;padding:0;margin-top:var(--s4);display:grid;gap:var(--s2)}
    .files li{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s3);align-items:center;font-size:var(--t-note)}
    .files a{display:inline-flex;gap:var(--s2);align-items:center;min-height:1.5rem;overflow-wrap:anywhere}.files a svg{width:1.125rem;height:1.125rem;flex:none}
    .files a:has(img){flex:1 1 100%}.files img{max-width:min(100%,20rem);max-height:14rem;border-radius:var(--r1);border:1px solid var(--line);background:var(--sunken)}.files .linklike{min-height:1.5rem}
    .desk{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s3);align-items:center}
    .call{display:inline-flex;align-items:center;gap:var(--s2);min-height:2.75rem;font-size:var(--t-large);font-weight:650;font-variant-numeric:tabular-nums}.call svg{width:1.25rem;height:1.25rem}
    details>*+*{margin-top:var(--s4)}
    .news:empty{display:none}.news{position:sticky;top:var(--s3);z-index:2;justify-self:center;margin:0 auto var(--s3);width:max-content;max-width:100%;padding:var(--s2) var(--s4);border-radius:999px;background:var(--ink);color:var(--surface);font-weight:600}.news a{color:inherit;display:inline-flex;align-items:center;min-height:1.5rem}
    .message.fresh{box-shadow:0 0 0 2px var(--accent)}
    #presence:empty{display:none}
    details>summary{cursor:pointer;font-weight:600;min-height:1.5rem}
    """#
}
