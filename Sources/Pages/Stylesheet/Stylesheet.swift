// The one style sheet: its parts in the order the browser reads them.

enum Stylesheet {
    static let text = [tokens, base, frame, components, forms, tables, charts, exports, live, tickets, changes, announcements, search, community, status, phone, administration, design, staffConsole, paper].joined(separator: "\n")
}
