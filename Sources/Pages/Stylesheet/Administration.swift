// What a customer's own administration needs beyond the common pieces: filters in columns, changes, codes.

extension Stylesheet {
    static let administration = #"""
    .form.filters{grid-template-columns:repeat(auto-fit,minmax(min(100%,10.5rem),1fr));align-items:end;max-width:none}
    .form.filters>.note{grid-column:1/-1}
    .form.filters>.button{justify-self:start}
    .changes{overflow-wrap:anywhere}
    .changes del{color:var(--ink-3);text-decoration-color:var(--poor)}
    .changes ins{text-decoration:none;font-weight:600}
    .qr{display:block;width:min(100%,15rem);height:auto;border-radius:var(--r2);border:1px solid var(--line)}
    .walk{display:grid;gap:var(--s5);padding-left:1.4rem}.walk>li>*+*{margin-top:var(--s3)}.walk h2{font-size:var(--t-body)}
    .walk .once code{font-size:1.0625rem;letter-spacing:.02em}
    .form.filters .optional{display:none}
    .codes{display:grid;gap:var(--s2) var(--s5);grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));padding-left:2rem}
    .codes code{font-size:1.0625rem;letter-spacing:.02em}
    .card>footer .actions form{display:contents}
    .brand.own img{height:1.75rem;width:auto;max-width:9rem;object-fit:contain;object-position:left}
    .logo-shown{max-width:100%;max-height:6rem;padding:var(--s3);background:var(--side);border-radius:var(--r2)}
    .swatches{display:flex;flex-wrap:wrap;gap:var(--s3);margin-top:var(--s4)}.swatches span{padding:var(--s2) var(--s4);border-radius:var(--r1);font-weight:600}
    .swatch-side{background:var(--side);color:#fff}.swatch-accent{background:var(--accent);color:var(--accent-ink)}.swatch-soft{background:var(--accent-soft);color:var(--accent)}
    .form.passkey [role=status]:empty{display:none}
    .sent{max-width:34rem;overflow-wrap:anywhere}
    """#
}
