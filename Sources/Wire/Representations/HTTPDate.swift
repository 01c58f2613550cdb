// Dates in fields (RFC 9110 5.6.7): read in the form that is sent today, and in the two that old clients may send.

package enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    /// Seconds since 1970; nil when it is no date. The day of the week is not compared with the date.
    package static func seconds(_ text: ArraySlice<UInt8>) -> Int64? {
        let parts = text.split { $0 == 32 || $0 == 44 }.map { String(decoding: $0, as: UTF8.self) }
        switch parts.count {
        case 6:  // Sun, 06 Nov 1994 08:49:37 GMT
            guard parts[5] == "GMT", parts[1].utf8.count == 2, parts[3].utf8.count == 4 else { return nil }
            return moment(year: number(parts[3]), month: parts[2], day: number(parts[1]), time: parts[4])
        case 4:  // Sunday, 06-Nov-94 08:49:37 GMT
            let date = parts[1].split(separator: "-").map(String.init)
            guard parts[3] == "GMT", date.count == 3, date[2].utf8.count == 2, let year = number(date[2]) else { return nil }
            // A two-digit year more than 50 years ahead is past; nothing of ours is older than 2000 or will be read after 2069.
            return moment(year: year < 70 ? 2000 + year : 1900 + year, month: date[1], day: number(date[0]), time: parts[2])
        case 5:  // Sun Nov  6 08:49:37 1994
            guard parts[4].utf8.count == 4 else { return nil }
            return moment(year: number(parts[4]), month: parts[1], day: number(parts[2]), time: parts[3])
        default: return nil
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    package static func text(_ seconds: Int64) -> String {
        let day = Int((Double(seconds) / 86_400).rounded(.down)), rest = Int(seconds) - day * 86_400
        let (year, month, date) = civil(day)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(weekdays[((day + 4) % 7 + 7) % 7]), \(two(date)) \(months[month - 1]) \(year) \(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) GMT"
    }

    private static func number(_ text: String) -> Int? {
        text.utf8.allSatisfy(Octet.isDigit) && (1...4).contains(text.utf8.count) ? Int(text) : nil
    }

    private static func moment(year: Int?, month: String, day: Int?, time: String) -> Int64? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let year, year >= 1970, let month = months.firstIndex(of: month), let day, (1...31).contains(day), clock.count == 3,
            clock.allSatisfy({ $0.utf8.count == 2 }), let hour = number(clock[0]), hour < 24, let minute = number(clock[1]), minute < 60,
            let second = number(clock[2]), second <= 60
        else { return nil }
        let days = days(year, month + 1, day)
        guard civil(days) == (year, month + 1, day) else { return nil }
        return Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    /// Days since 1970-01-01 of the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year, era = (year >= 0 ? year : year - 399) / 400, inEra = year - era * 400
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + ofYear - 719_468
    }

    private static func civil(_ days: Int) -> (Int, Int, Int) {
        let days = days + 719_468, era = (days >= 0 ? days : days - 146_096) / 146_097, inEra = days - era * 146_097
        let year = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
        let ofYear = inEra - (365 * year + year / 4 - year / 100), part = (5 * ofYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * part + 2) / 5 + 1)
    }
}
