// What a customer's own administration needs beyond the common pieces: filters in columns, changes, codes.

extension Stylesheet {
    static let administration = #"""
    .form.filters{grid-template-columns:repeat(auto-fit,minmax(min(100%,10.5rem),1fr));align-items:end;max-width:none}
    .form.filters>.note{grid-column:1/-1}
    .form.filters>.button{justify-self:start}
    .changes{overflow-wrap:anywhere}
    .changes del{color:var(--ink-3);text-decoration-color:var(--poor)}
    .changes ins{text-decoration:none;font-weight:600}
    """#
}
