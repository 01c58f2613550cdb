// The menu that hands a list out, and the exports of everything.

extension Stylesheet {
    static let exports = #"""
    .menu{position:relative}
    .menu>summary{list-style:none}.menu>summary::-webkit-details-marker{display:none}
    .menu>summary::after{content:"";width:.45em;height:.45em;border-right:2px solid;border-bottom:2px solid;transform:translateY(-.15em) rotate(45deg)}
    .menu[open]>summary{background:var(--sunken)}
    .menu[open]>summary::after{transform:translateY(.1em) rotate(225deg)}
    .menu-list{position:absolute;right:0;z-index:5;margin-top:var(--s1);width:max-content;min-width:100%;max-width:calc(100vw - 2rem);display:grid;background:var(--raised);border:1px solid var(--line-strong);border-radius:var(--r2);box-shadow:var(--shadow);overflow:hidden}
    .menu-list a{display:grid;min-height:2.75rem;align-content:center;padding:var(--s2) var(--s4);color:var(--ink);text-decoration:none}
    .menu-list p{padding:var(--s3) var(--s4) var(--s1);font-size:var(--t-note);color:var(--ink-3);background:var(--sunken)}
    .menu-list *+a,.menu-list *+p{border-top:1px solid var(--line)}
    .menu-list a:hover,.menu-list a:focus-visible{background:var(--accent-soft)}
    .menu-list span{font-size:var(--t-note);color:var(--ink-3)}
    @media (max-width:44rem){.menu-list{right:auto;left:0}}
    .card>header .menu>summary{min-height:2.25rem;padding:.25rem .75rem;font-size:var(--t-note)}
    .card>header .menu-list a{display:grid;min-height:2.75rem;font-size:var(--t-body)}
    @media print{.menu{display:none}}
    .export .progress{display:grid;gap:var(--s1);margin-top:var(--s2);max-width:30rem}
    .export .problem{display:block;color:var(--poor);margin-top:var(--s1)}
    .export .actions form{display:contents}
    .digest,.once code{overflow-wrap:anywhere}
    """#
}
