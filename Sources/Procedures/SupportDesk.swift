// The support desk as anybody may know it: its telephone and when somebody is there.

import SupportCentre
import Wire

/// Made by web nodes from the configuration; no question to the data tier.
package struct SupportDesk: Record {
    package var telephone: String?
    package var open = false
    /// When it closes, if open.
    package var closes: Timestamp?
    /// When it opens next, if closed.
    package var opens: Timestamp?
    /// IANA name of the zone the hours are in.
    package var zone = ""
    /// The week, such as `Mon-Fri 09:00-17:30`.
    package var hours: [String] = []
    /// Whose public holidays it keeps; `none` for nobody's.
    package var holidays = ""
    /// The holiday today is, if so.
    package var holiday: String?

    package init() {}

    package init(_ calendar: BusinessCalendar, telephone: String?, now: Timestamp) {
        let now = DeskHours(calendar, at: now)
        (self.telephone, open, closes, opens, holiday) = (telephone, now.isOpen, now.closes, now.opens, now.holiday)
        (zone, hours, holidays) = (calendar.zone, calendar.weekLines, calendar.holidays.rawValue)
    }

    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("telephone", &telephone)
        try visit.field("open", &open)
        try visit.field("closes", &closes)
        try visit.field("opens", &opens)
        try visit.field("zone", &zone)
        try visit.field("hours", &hours)
        try visit.field("holidays", &holidays)
        try visit.field("holiday", &holiday)
    }
}
