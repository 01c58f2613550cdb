// The support desk on a page: open or closed now in the reader's own time, with the number to call.
import Control
import Procedures
import SupportCentre
import Wire

package enum SupportDeskCard {
    package static func html(_ desk: SupportDesk, zone: String, now: Timestamp) -> HTML {
        func told(_ moment: Timestamp) -> String { DeskHours.told(moment, in: zone, now: now) }
        let state: HTML = desk.open
            ? "\(Component.badge("Open now", .good))\(desk.closes.map { " <span>until \(told($0))</span>" as HTML })"
            : "\(Component.badge("Closed now", .plain))\(desk.opens.map { " <span>opens \(told($0))</span>" as HTML })\(desk.holiday.map { " <span class=\"note\">\($0)</span>" as HTML })"
        let number: HTML = desk.telephone.map { "<a class=\"call\" href=\"tel:\($0.filter { $0 != " " })\">\(Icon.phone.html)\($0)</a>" } ?? .empty
        let holidays: HTML = desk.holidays == Holidays.none.rawValue ? .empty : ", not on public holidays"
        let zones: HTML = desk.zone == zone ? .empty : " The times above are yours."
        return Component.card(desk.telephone == nil ? "Support hours" : "Support by telephone", """
            <p class="desk">\(state)</p>\(number)<p class="note">\(desk.hours.joined(separator: "; ")) (\(String(desk.zone.map { $0 == "_" ? " " : $0 })))\(holidays).\(zones)</p>
            """ as HTML)
    }
}
