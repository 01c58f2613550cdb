// What stands around every page: skip link, side bar, top bar, content column, footer.

extension Stylesheet {
    static let frame = #"""
    .skip{position:absolute;left:var(--s4);top:-4rem;z-index:30;background:var(--accent);color:var(--accent-ink);padding:var(--s3) var(--s4);border-radius:var(--r1)}
    .skip:focus{top:var(--s4)}
    .app{display:grid;grid-template-columns:15.5rem minmax(0,1fr);min-height:100dvh;background:linear-gradient(90deg,var(--side) 15.5rem,transparent 0)}
    .side{background:var(--side);color:var(--side-ink);display:flex;flex-direction:column;padding:var(--s5) var(--s3) var(--s4);position:sticky;top:0;height:100dvh;overflow-y:auto}
    .side :focus-visible{outline-color:#fff}
    .brand{display:flex;align-items:center;gap:var(--s3);color:inherit;text-decoration:none;font-weight:700;font-size:var(--t-large);letter-spacing:-.01em;padding:0 var(--s3);min-height:2rem}
    .brand svg{width:1.75rem;height:1.75rem;flex:none}
    .side .brand,.side .brand:hover{color:#fff}
    .org{font-size:var(--t-small);color:var(--side-ink-2);padding:var(--s1) var(--s3) 0;margin-left:2.5rem;overflow:hidden;text-overflow:ellipsis}
    .nav{list-style:none;margin-top:var(--s5);display:grid;gap:2px}
    .nav a,.side-form button{display:flex;align-items:center;gap:var(--s3);min-height:2.75rem;padding:0 var(--s3);border-radius:var(--r1);color:var(--side-ink);text-decoration:none;font-weight:500;font-size:.9375rem}
    .nav a:hover,.side-form button:hover{background:rgb(255 255 255/.07);color:#fff}
    .nav a[aria-current]{background:var(--side-on);color:#fff;font-weight:650;box-shadow:inset 3px 0 0 #63ccd6}
    .nav svg,.side-form svg{width:1.25rem;height:1.25rem;flex:none}
    .nav .count{margin-left:auto;background:rgb(255 255 255/.16);border-radius:1rem;padding:0 .5rem;font-size:var(--t-small);font-variant-numeric:tabular-nums}
    .side-end{margin-top:auto;padding-top:var(--s5);display:grid;gap:2px}
    .side-form button{width:100%;background:none;border:0;font:inherit;font-weight:500;font-size:.9375rem;cursor:pointer;text-align:left}
    .who{padding:var(--s3);border-top:1px solid rgb(255 255 255/.12);margin-top:var(--s3);font-size:var(--t-small);color:var(--side-ink-2);line-height:1.35}
    .who b{display:block;color:var(--side-ink);font-weight:600;overflow:hidden;text-overflow:ellipsis}
    .top{display:none}
    .column{display:flex;flex-direction:column;min-width:0}
    main{flex:1;padding:var(--s6) clamp(1rem,3.5vw,3rem) var(--s7);max-width:76rem;width:100%}
    main:focus{outline:none}
    main>*+*{margin-top:var(--s5)}
    .crumbs{font-size:var(--t-note);color:var(--ink-3);display:flex;flex-wrap:wrap;gap:.15rem .5rem;list-style:none}
    .crumbs li+li::before{content:"\203A" / "";margin-right:.5rem;color:var(--ink-3)}
    .crumbs a{display:inline-flex;min-height:1.5rem;align-items:center}
    .crumbs+.head{margin-top:var(--s2)}
    .head{display:flex;flex-wrap:wrap;gap:var(--s3) var(--s4);align-items:flex-start;justify-content:space-between}
    .head>div:first-child{flex:1 1 20rem;min-width:0}
    .head p{margin-top:var(--s2);color:var(--ink-2)}
    .foot{padding:var(--s4) clamp(1rem,3.5vw,3rem) var(--s5);font-size:var(--t-small);color:var(--ink-3);display:flex;flex-wrap:wrap;gap:var(--s2) var(--s5);align-items:center;border-top:1px solid var(--line)}
    .foot a,.foot button{min-height:1.5rem;display:inline-flex;align-items:center}
    .foot .id{margin-left:auto}
    .linklike{background:none;border:0;padding:0;font:inherit;color:var(--accent);text-decoration:underline;text-underline-offset:.18em;cursor:pointer}
    .theme{display:inline-flex;gap:var(--s1);align-items:center}
    .theme button{border:1px solid transparent;background:none;color:var(--ink-2);font:inherit;padding:0 .5rem;border-radius:1rem;cursor:pointer;min-height:1.75rem}
    .theme button[aria-pressed=true]{border-color:var(--line-strong);color:var(--ink);background:var(--surface);font-weight:600}
    .alone{min-height:100dvh;display:grid;grid-template-rows:auto 1fr auto}
    .alone>header{padding:var(--s5) clamp(1rem,4vw,3rem)}
    .alone>header .brand{display:inline-flex;padding:0;color:var(--ink)}
    .alone main{margin:0 auto;max-width:64rem}
    .alone.narrow main{max-width:27rem;padding-top:clamp(1rem,8vh,5rem)}
    .alone.narrow .foot{justify-content:center}
    .alone.narrow .foot .id{margin-left:0}
    """#

    /// Up to 60 rem the side bar becomes a bar of tabs within the thumb's reach; nothing needs a script.
    static let phone = #"""
    @media (max-width:60rem){
    .app{display:block;background:none;padding-bottom:calc(4.25rem + env(safe-area-inset-bottom))}
    .side{position:static;height:auto;padding:0;display:block;overflow:visible}
    .side>.brand,.side>.org,.side-end{display:none}
    .top{display:flex;align-items:center;gap:var(--s3);justify-content:space-between;background:var(--side);color:#fff;padding:var(--s3) var(--s4);min-height:3.5rem}
    .top .brand{padding:0;color:#fff;font-size:var(--t-body)}
    .top .org{margin:0;padding:0;flex:0 1 auto;white-space:nowrap;min-width:0}
    .nav{position:fixed;z-index:20;left:0;right:0;bottom:0;margin:0;display:flex;justify-content:space-around;background:var(--side);padding:var(--s1) var(--s1) calc(var(--s1) + env(safe-area-inset-bottom));gap:0;box-shadow:0 -1px 0 rgb(255 255 255/.08)}
    .nav li{flex:1 1 0;min-width:0;max-width:8rem;position:relative}
    .nav a{flex-direction:column;gap:2px;justify-content:center;min-height:3.5rem;padding:0 2px;font-size:.75rem;white-space:nowrap}
    .nav a[aria-current]{box-shadow:inset 0 3px 0 #63ccd6}
    .nav .wide{display:none}
    .nav .count{position:absolute;top:.25rem;left:calc(50% + .5rem);background:#63ccd6;color:#06262b;font-weight:700;padding:0 .375rem;line-height:1.25rem}
    main{padding-top:var(--s5)}
    h1{font-size:1.5rem}
    .stats{gap:var(--s2)}.stat{padding:var(--s3) var(--s2) var(--s3) var(--s3)}.stat dt{font-size:var(--t-small)}.stat dd{font-size:1.5rem}}
    @media (max-width:32rem){.head .actions{width:100%}.head .actions .button{flex:1 1 auto}.foot .id{margin-left:0}}
    """#

    static let paper = #"""
    @media print{
    :root{color-scheme:light;--paper:#fff;--shadow:none}
    .side,.top,.nav,.foot,.actions,.banner.fleeting,.skip,form:not(.keep){display:none!important}
    .app{display:block;background:none}main{max-width:none;padding:0}
    .card,.table tr{break-inside:avoid;box-shadow:none}
    a{color:inherit;text-decoration:none}
    @page{margin:16mm}}
    @media (forced-colors:active){.badge,.button,.card{border:1px solid CanvasText}.badge::before{background:CanvasText}.bar>i,.band{forced-color-adjust:none}}
    """#
}
